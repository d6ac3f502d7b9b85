//! Secrets: the types that hold one cannot show it, and the code that takes one out of its wrapping is in few places.

use std::fmt::Display;

use secrecy::SecretString;
use serde::Serialize;
use trueup::connectwise::{ConnectWise, KeyPair, Options, Writer};

use super::source::sources;

/// Where a secret is taken out of its wrapping: to be read, to be sent, to be compared.
const EXPOSED_IN: &[&str] = &[
    "settings/secret",
    "connectwise/transport/keys.rs",
    "outbound/proxy.rs",
    "web/",
    "alerts/",
    "snapshot/",
    "cli/run/",
    "cli/user.rs",
];

/// Does not compile for a type that has the trait: then two implementations fit and neither is chosen.
macro_rules! lacks {
    ($kind:ty: $($trait:path),+) => {$({
        trait Lacks<A> {
            fn holds() {}
        }
        impl<T: ?Sized> Lacks<()> for T {}
        struct Has;
        impl<T: ?Sized + $trait> Lacks<Has> for T {}
        <$kind as Lacks<_>>::holds();
    })+};
}

#[test]
fn sec_p1_what_holds_a_secret_cannot_be_printed_written_or_copied() {
    lacks!(SecretString: Display, Serialize);
    lacks!(KeyPair: Display, Serialize, Clone);
    lacks!(Options: Display, Serialize, Clone);
    lacks!(ConnectWise: Display, Serialize);
    lacks!(Writer: Display, Serialize, Clone);

    let shown = format!("{:?}", KeyPair { public_key: "canary".into(), private_key: "canary".into() });
    assert!(!shown.contains("canary"), "{shown}");
}

#[test]
fn sec_p1_a_secret_is_taken_out_of_its_wrapping_in_few_places() {
    let mut strays = Vec::new();
    for source in sources() {
        for (line, code) in source.product_code() {
            let inside = EXPOSED_IN.iter().any(|place| source.path.starts_with(&format!("src/{place}")));
            if code.contains("expose_secret()") && !inside {
                strays.push(format!("{}:{line}", source.path));
            }
        }
    }

    assert!(strays.is_empty(), "secrets are exposed at:\n{}", strays.join("\n"));
}

#[test]
fn sec_p1_no_field_holds_a_secret_as_plain_text() {
    // What the form of the login brought, looked at once and dropped with the request.
    let form = "src/web/login.rs";
    let names = ["password", "token", "private_key", "secret"];
    let mut plain = Vec::new();
    for source in sources().into_iter().filter(|source| source.room != "simulator") {
        for (line, code) in source.product_code() {
            let field = code.trim().trim_start_matches("pub(super) ").trim_start_matches("pub ");
            let Some((name, kind)) = field.split_once(": ") else { continue };
            let text = ["String,", "Arc<str>,", "Option<String>,", "Vec<u8>,"].contains(&kind);
            if names.contains(&name) && text && source.path != form {
                plain.push(format!("{}:{line}: {field}", source.path));
            }
        }
    }

    assert!(plain.is_empty(), "secrets without their wrapping:\n{}", plain.join("\n"));
}
