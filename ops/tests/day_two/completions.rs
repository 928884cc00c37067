//! `mangoo-ops completions`.

use std::process::Command;

/// Has bash complete `mangoo-ops roll`.
const SCRIPT: &str = r#"
source <("$1" completions bash)
[[ $(complete -p mangoo-ops) =~ -F\ ([^ ]+) ]]
COMP_WORDS=(mangoo-ops roll) COMP_CWORD=1
"${BASH_REMATCH[1]}" mangoo-ops roll mangoo-ops
echo "${COMPREPLY[@]}"
"#;

#[test]
fn bash_completes_a_command() {
    let output = Command::new("bash").args(["-c", SCRIPT, "bash", env!("CARGO_BIN_EXE_mangoo-ops")]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "rollback\n", "{}", String::from_utf8_lossy(&output.stderr));
}
