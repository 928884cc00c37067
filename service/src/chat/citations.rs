//! Marks in an answer that cite passages, like `[2]`.

use std::collections::BTreeSet;

/// Longest mark that is waited for; what is longer is text.
const MAX_MARK: usize = 32;

/// Reads an answer piece by piece, lets marks through that name a passage and takes others out.
/// Code is left as it is.
#[derive(Default)]
pub struct Citations {
    /// How many passages there are, numbered from 1.
    passages: usize,
    /// What may become a mark, with the space before it.
    pending: String,
    /// Backticks that opened the code we are in.
    fence: usize,
    /// Backticks just seen.
    ticks: usize,
    /// Whether the line before is done and this one has nothing yet.
    at_line_start: bool,
    /// Not taken yet.
    cited: BTreeSet<usize>,
}

impl Citations {
    pub fn new(passages: usize) -> Self {
        Self { passages, ..Self::default() }
    }

    /// What of `piece`, and of what was held back before, can go out.
    pub fn push(&mut self, piece: &str) -> String {
        let mut out = String::with_capacity(piece.len() + self.pending.len());
        for character in piece.chars() {
            if !self.continue_mark(character, &mut out) {
                self.text(character, &mut out);
            }
        }
        out
    }

    /// The numbers of the passages that were cited since this was last asked.
    pub fn take_cited(&mut self) -> BTreeSet<usize> {
        std::mem::take(&mut self.cited)
    }

    /// What is held back when nothing more comes.
    pub fn finish(&mut self) -> String {
        std::mem::take(&mut self.pending)
    }

    /// Whether `character` belongs to what may become a mark. If not, that is text.
    fn continue_mark(&mut self, character: char, out: &mut String) -> bool {
        if self.pending.is_empty() {
            return false;
        }
        let mark = self.pending.trim_start_matches(' ');
        let is_number = mark.ends_with(|last: char| last.is_ascii_digit());
        let belongs = match character {
            '[' => mark.is_empty(),
            '0'..='9' => !mark.is_empty(),
            ',' => is_number,
            ' ' => is_number || mark.ends_with(','),
            ']' if is_number => {
                self.decide(out);
                return true;
            }
            _ => false,
        };
        if belongs && self.pending.len() < MAX_MARK {
            self.pending.push(character);
            return true;
        }
        out.push_str(&std::mem::take(&mut self.pending));
        false
    }

    /// A whole mark but for its bracket is there: the numbers that name a passage go out.
    fn decide(&mut self, out: &mut String) {
        let pending = std::mem::take(&mut self.pending);
        let (space, mark) = pending.split_once('[').unwrap_or(("", &pending));
        let numbers: BTreeSet<usize> = mark
            .split([',', ' '])
            .filter_map(|number| number.parse().ok())
            .filter(|number| (1..=self.passages).contains(number))
            .collect();
        if !numbers.is_empty() {
            out.push_str(space);
        }
        for number in &numbers {
            out.extend(["[", &number.to_string(), "]"]);
        }
        self.cited.extend(numbers);
    }

    fn text(&mut self, character: char, out: &mut String) {
        if character == '`' {
            self.ticks += 1;
        } else if self.ticks > 0 {
            match self.fence {
                0 => self.fence = self.ticks,
                fence if fence == self.ticks => self.fence = 0,
                _ => {}
            }
            self.ticks = 0;
        }
        if character == '\n' {
            // An empty line ends a paragraph, and with it code that is not fenced.
            if self.at_line_start && self.fence < 3 {
                self.fence = 0;
            }
            self.at_line_start = true;
        } else if character != ' ' {
            self.at_line_start = false;
        }
        if self.fence == 0 && self.ticks == 0 && (character == ' ' || character == '[') {
            self.pending.push(character);
        } else {
            out.push(character);
        }
    }
}

/// The numbers of the passages that a text cites.
pub fn cited(text: &str, passages: usize) -> BTreeSet<usize> {
    let mut citations = Citations::new(passages);
    citations.push(text);
    citations.take_cited()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, passages: usize) -> (String, Vec<usize>) {
        let mut citations = Citations::new(passages);
        let mut out = citations.push(text);
        out += &citations.finish();
        (out, citations.cited.iter().copied().collect())
    }

    #[test]
    fn marks_that_name_a_passage_stay() {
        for (text, expected, cited) in [
            ("On Friday [1].", "On Friday [1].", vec![1]),
            ("On Friday [1, 3].", "On Friday [1][3].", vec![1, 3]),
            ("On Friday [3][1]", "On Friday [3][1]", vec![1, 3]),
            ("On Friday [7].", "On Friday.", vec![]),
            ("On Friday [2, 9] or so [0].", "On Friday [2] or so.", vec![2]),
            ("[9]", "", vec![]),
            (
                "see [this](https://example.com) [a] [1x] [ 1] [",
                "see [this](https://example.com) [a] [1x] [ 1] [",
                vec![],
            ),
            ("list  with  spaces ", "list  with  spaces ", vec![]),
            ("[1 2] [,] [1,", "[1][2] [,] [1,", vec![1, 2]),
            (
                "year [1234567890123456789012345678901234567890]",
                "year [1234567890123456789012345678901234567890]",
                vec![],
            ),
        ] {
            assert_eq!(read(text, 3), (expected.to_owned(), cited), "{text}");
        }
        assert_eq!(read("Nothing [1].", 0), ("Nothing.".to_owned(), vec![]));
    }

    #[test]
    fn code_is_left_alone() {
        for code in
            ["`a[9]` and `b [8]`", "```rust\nlet x = a[9]; // `\n\nlet y [7];\n```\n", "`` a[9] ` b [8] `` then"]
        {
            assert_eq!(read(code, 3), (code.to_owned(), vec![]));
        }
        assert_eq!(read("a ` b\n\nc [9] d [2]", 3), ("a ` b\n\nc d [2]".to_owned(), vec![2]));
        assert_eq!(read("`a[1]` [1]", 3).1, [1]);
    }

    #[test]
    fn pieces_make_no_difference() {
        let text = "One [1], two [2, 9] `x[9]` [12] three [ 3 ] [3][1]  end [4";
        let (whole, cited) = read(text, 3);
        for size in 1..8 {
            let mut citations = Citations::new(3);
            let characters: Vec<char> = text.chars().collect();
            let mut out: String =
                characters.chunks(size).map(|piece| citations.push(&piece.iter().collect::<String>())).collect();
            out += &citations.finish();
            assert_eq!(out, whole);
            assert_eq!(citations.cited.iter().copied().collect::<Vec<_>>(), cited);
        }
    }
}
