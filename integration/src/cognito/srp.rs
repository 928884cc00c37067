//! Secure Remote Password as Cognito does it: SRP-6a (RFC 5054) in the 3072-bit group of
//! RFC 3526 with SHA-256, and a proof of its own in place of SRP's M1: an HMAC over the pool's
//! name, the user, the secret block and the time, keyed by HKDF ("Caldera Derived Key") from
//! the shared secret. The client's half is `AuthenticationHelper` of
//! `amazon-cognito-identity-js`.

use std::sync::LazyLock;

use aws_lc_rs::{digest, hkdf, hmac, rand};
use num_bigint::BigUint;

/// The prime of RFC 3526, section 4 (group 15). The generator is 2.
const PRIME: &str = concat!(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD1",
    "29024E088A67CC74020BBEA63B139B22514A08798E3404DD",
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245",
    "E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED",
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3D",
    "C2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F",
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D",
    "670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B",
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9",
    "DE2BCBF6955817183995497CEA956AE515D2261898FA0510",
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64",
    "ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7",
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6B",
    "F12FFA06D98A0864D87602733EC86A64521F2B18177B200C",
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB31",
    "43DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
);

struct Group {
    prime: BigUint,
    generator: BigUint,
    /// `k = H(N | g)`.
    multiplier: BigUint,
}

static GROUP: LazyLock<Group> = LazyLock::new(|| {
    let prime = parse_hex(PRIME).expect("the constant is hexadecimal");
    let generator = BigUint::from(2u8);
    let multiplier = hash(&[&signed_bytes(&prime), &signed_bytes(&generator)]);
    Group { prime, generator, multiplier }
});

/// A new random salt of 128 bits.
pub(super) fn salt() -> BigUint {
    BigUint::from_bytes_be(&random::<16>())
}

/// What the server keeps in place of the password: `g^x` with
/// `x = H(salt | H(pool name | username | ":" | password))`.
pub(super) fn verifier(pool_name: &str, username: &str, password: &str, salt: &BigUint) -> BigUint {
    let inner = digest::digest(&digest::SHA256, format!("{pool_name}{username}:{password}").as_bytes());
    let x = hash(&[&signed_bytes(salt), inner.as_ref()]);
    GROUP.generator.modpow(&x, &GROUP.prime)
}

/// The server's side of one sign-in, from the challenge to the client's proof.
pub(super) struct Handshake {
    verifier: BigUint,
    /// The client's public value, A.
    client_public: BigUint,
    /// The server's secret, b.
    secret: BigUint,
    /// The server's public value, B.
    public: BigUint,
}

impl Handshake {
    /// `None` if the client's public value is 0 modulo N: anyone could then compute the shared
    /// secret without the password.
    pub fn start(verifier: BigUint, client_public: BigUint) -> Option<Self> {
        if &client_public % &GROUP.prime == BigUint::ZERO {
            return None;
        }
        let secret = BigUint::from_bytes_be(&random::<32>());
        let public = (&GROUP.multiplier * &verifier + GROUP.generator.modpow(&secret, &GROUP.prime)) % &GROUP.prime;
        Some(Self { verifier, client_public, secret, public })
    }

    /// B, in hexadecimal.
    pub fn public_hex(&self) -> String {
        self.public.to_str_radix(16)
    }

    /// Whether `proof` shows knowledge of the password: `message` is the pool's name, the
    /// username, the secret block and the timestamp, one after the other.
    pub fn accepts(&self, message: &[u8], proof: &[u8]) -> bool {
        let u = hash(&[&signed_bytes(&self.client_public), &signed_bytes(&self.public)]);
        let shared = (&self.client_public * self.verifier.modpow(&u, &GROUP.prime)).modpow(&self.secret, &GROUP.prime);
        let key = derive_key(&signed_bytes(&shared), &signed_bytes(&u));
        hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &key), message, proof).is_ok()
    }
}

struct KeyLength;

impl hkdf::KeyType for KeyLength {
    fn len(&self) -> usize {
        16
    }
}

fn derive_key(secret: &[u8], salt: &[u8]) -> [u8; 16] {
    let mut key = [0; 16];
    hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
        .extract(secret)
        .expand(&[b"Caldera Derived Key"], KeyLength)
        .and_then(|output| output.fill(&mut key))
        .expect("16 bytes are below the limit of HKDF");
    key
}

/// Big-endian with a leading zero where the first bit is set, so that it reads as a positive
/// two's complement number, as the `padHex` of Cognito's libraries does.
fn signed_bytes(number: &BigUint) -> Vec<u8> {
    let mut bytes = number.to_bytes_be();
    if bytes[0] & 0x80 != 0 {
        bytes.insert(0, 0);
    }
    bytes
}

fn hash(parts: &[&[u8]]) -> BigUint {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part);
    }
    BigUint::from_bytes_be(context.finish().as_ref())
}

/// `None` if the text is not a hexadecimal number.
pub(super) fn parse_hex(text: &str) -> Option<BigUint> {
    BigUint::parse_bytes(text.as_bytes(), 16)
}

pub(super) fn random<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    rand::fill(&mut bytes).expect("the system's random source does not fail");
    bytes
}
