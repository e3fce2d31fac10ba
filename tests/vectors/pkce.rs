//! RFC 7636.

use tokenkeep::proto::oauth::pkce::{code_challenge, code_verifier};
use tokenkeep::proto::syntax::base64url::{base64url, from_base64url};
use tokenkeep::proto::syntax::digest::sha256;
use tokenkeep::proto::syntax::secret::CodeVerifier;

/// RFC 7636, appendix B.
const OCTETS: [u8; 32] = [
    116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105, 214, 191, 240,
    91, 88, 5, 88, 83, 132, 141, 121,
];
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[test]
fn appendix_b_of_rfc_7636() {
    let verifier = code_verifier(&OCTETS);
    assert_eq!(verifier.expose(), VERIFIER, "PKCE-5");
    assert_eq!(code_challenge(&verifier), CHALLENGE);
    assert_eq!(code_challenge(&CodeVerifier::new(VERIFIER)), CHALLENGE);
}

#[test]
fn a_verifier_is_43_unreserved_characters_whatever_the_octets() {
    for octets in [[0; 32], [255; 32], [0b1111_1011; 32]] {
        let verifier = code_verifier(&octets);
        assert_eq!(verifier.expose().len(), 43, "PKCE-4");
        assert!(verifier.expose().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    }
}

#[test]
fn base64url_of_rfc_4648() {
    for (bytes, text) in [
        (&b""[..], ""),
        (b"f", "Zg"),
        (b"fo", "Zm8"),
        (b"foo", "Zm9v"),
        (b"foob", "Zm9vYg"),
        (b"fooba", "Zm9vYmE"),
        (b"foobar", "Zm9vYmFy"),
        (b"\xfb\xff\xfe", "-__-"),
    ] {
        assert_eq!(base64url(bytes), text, "RFC 4648, 10");
        assert_eq!(from_base64url(text).as_deref(), Some(bytes));
    }
}

#[test]
fn base64url_is_read_strictly() {
    for text in ["Zg==", "Zg=", "Z", "A", "AAAAA", "+/+/", "Zm 8", "Zm8\n", "Zh", "Zm9", "é"] {
        assert_eq!(from_base64url(text), None, "{text:?}: RFC 7515, 2: no padding, no stray bits");
    }
}

#[test]
fn sha256_of_fips_180() {
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    for (input, digest) in [
        (&b""[..], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        ),
    ] {
        assert_eq!(hex(&sha256(input)), digest);
    }
}
