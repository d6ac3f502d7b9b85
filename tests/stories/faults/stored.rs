//! Writes that ConnectWise answers well and stores otherwise: another quantity, or something else beside it.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::channel;
use std::thread;

use trueup::simulator::{Canned, Fault, Kind, Match};

use super::{SOURCES, left_alone, outcomes, record, said, short, to_change, why};
use crate::codes::table::{BKP_GB, released};
use crate::world::plain::{MAPPING, SEED, account};
use crate::world::{QUICK_WRITES, World, close};

#[test]
fn b10_a_server_that_rounds_diverges_is_held_over_passes_and_somebody_is_told() {
    let world = World::seeded(&format!("options: {{ quantityDecimals: 0 }}\n{SEED}"));
    let (told, secrets) = (receiver(), ["hook", "hook-secret-of-a-story"]);
    for name in secrets {
        world.write(&format!("secrets/{name}"), if name == "hook" { &told.0 } else { name });
        close(&world.path(&format!("secrets/{name}")));
    }
    let webhook =
        "webhook: { url: { file: secrets/hook }, secret: { file: secrets/hook-secret-of-a-story } }";
    world.settings(
        SOURCES,
        &format!("{QUICK_WRITES}alerts: {{ office: {{ to: {{ {webhook} }} }} }}\nevery: 1m\n"),
    );
    world.mapping("backup.yaml", &format!("{MAPPING}policy: {{ mode: apply }}\n")).commit("Bill backup");
    // 26.4 GB, of which the server keeps 26.
    world.accounts(&["acme_dental,acme_dental,ACCOUNT,ACTIVE,Pay As You Go,0,28346784154,0,0,0,0"]);

    let mut daemon = world.daemon();
    daemon.says(&["the line is not written", "Diverged"]);
    daemon.passes("partial");
    daemon.passes("held");
    let is_about_it =
        |body: &String| body.contains("diverged") && body.contains("Acme Dental, BKP-GB: 26 -> 26.4");
    let body = told.1.iter().take(5).find(is_about_it);
    drop(daemon);

    assert!(body.is_some(), "somebody is told");
    assert_eq!(short(&world), "hold 26 -> 26.4 diverged");
    left_alone(&world, 3);
    assert_eq!((world.write_requests().len(), outcomes(&world)), (1, vec!["diverged"]));
}

/// An address, and the bodies that are posted to it.
fn receiver() -> (String, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback can be listened on");
    let url = format!("http://{}/hook", listener.local_addr().expect("it has an address"));
    let (sender, bodies) = channel();
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let (mut text, mut bytes) = (String::new(), [0; 16 << 10]);
            let is_whole = |text: &str| {
                let length = text.lines().find_map(|line| {
                    line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok()
                });
                let body = text.split_once("\r\n\r\n").map_or(0, |(_, body)| body.len());
                length.is_some_and(|length: usize| body >= length)
            };
            while !is_whole(&text) {
                let read = stream.read(&mut bytes).unwrap_or(0);
                if read == 0 {
                    break;
                }
                text.push_str(&String::from_utf8_lossy(&bytes[..read]));
            }
            let _ = stream
                .write_all(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            if sender.send(text).is_err() {
                return;
            }
        }
    });
    (url, bodies)
}

/// A tenant in which something raises the price together with our write of 27.
fn repriced() -> World {
    let world = to_change();
    let answer = Canned::new(200, &record(&world, &[("quantity", 27.into()), ("unitPrice", 0.6.into())]));
    world.simulator().fail_next(Match::method("PATCH"), Fault::StatusAfterCommit(answer));
    let ran = world.apply();
    assert_eq!(ran.code, Some(6), "{}", said(&ran));
    assert!(
        ran.stdout.contains("diverged") && ran.stdout.contains("its price changed with the write"),
        "{}",
        said(&ran)
    );
    set_price(&world, 6);
    world
}

fn set_price(world: &World, tenths: i64) {
    let price = rust_decimal::Decimal::new(tenths, 1);
    world.simulator().by("workflow").edit(Kind::Addition, 9001, "unitPrice", price).expect("it can be set");
}

#[test]
fn b11_a_price_that_changed_with_our_write_holds_the_line_and_shows_before_and_after() {
    let world = repriced();

    assert_eq!(short(&world), "hold 27 -> 27 diverged");
    assert!(why(&world).contains("its price was 0.5 and is 0.6"), "{}", why(&world));
    left_alone(&world, 3);
    world.accounts(&[&account("acme_dental", 28)]);
    assert_eq!(short(&world), "hold 27 -> 28 diverged");
    left_alone(&world, 3);
    assert_eq!(outcomes(&world), ["diverged"]);
}

#[test]
fn b11_the_hold_ends_when_the_price_is_put_back_or_somebody_says_that_it_is_right() {
    let world = repriced();
    set_price(&world, 5);
    assert_eq!(short(&world), "keep 27 -> 27");

    let world = repriced();
    let waiver = "waivers:\n  - { guard: hand_edit, company: AcmeDental, product: BKP-GB, reason: new price list, until: DAY }\n";
    world
        .mapping("release.yaml", &waiver.replace("DAY", &crate::codes::table::day(7).to_string()))
        .commit("It is right");
    assert_eq!(short(&world), "keep 27 -> 27");
    left_alone(&world, 0);
    world.accounts(&[&account("acme_dental", 28)]);
    assert_eq!(short(&world), "update 27 -> 28");
}

#[test]
fn b19_a_price_or_unit_changed_by_hand_holds_changes_until_somebody_says_that_it_is_right() {
    for (field, value, told) in [
        ("unitPrice", rust_decimal::Decimal::new(7, 1).into(), "its price was 0.5 and is 0.7"),
        ("uom", trueup::simulator::Value::text("TB"), "is \"TB\""),
    ] {
        let world = World::in_step();
        world.settings(SOURCES, QUICK_WRITES);
        assert_eq!(world.apply().code, Some(0));
        world.simulator().by("somebody").edit(Kind::Addition, 9001, field, value).expect("it can be set");
        assert_eq!(short(&world), "keep 25 -> 25", "the quantity is right");
        assert!(super::is_noted(&world, "hand_edit"), "{field}");
        left_alone(&world, 0);

        world.accounts(&[&account("acme_dental", 27)]);

        assert_eq!(short(&world), "hold 25 -> 27 hand_edit", "{field}");
        assert!(why(&world).contains(told), "{}", why(&world));
        left_alone(&world, 3);
        released(&world, BKP_GB, "update 25 -> 27");
        assert_eq!(world.apply().code, Some(0));
        world.accounts(&[&account("acme_dental", 28)]);
        assert_eq!(short(&world), "update 27 -> 28", "{field}: it is taken for right from now on");
    }
}

#[test]
fn b19_a_policy_that_lets_people_edit_takes_their_price_for_right() {
    let world = to_change();
    set_price(&world, 7);
    assert_eq!(short(&world), "hold 25 -> 27 hand_edit");

    world.mapping("policy.yaml", "policy: { hand_edit: adopt }\n").commit("People may set prices");
    assert_eq!(world.apply().code, Some(0));
    world.mapping("policy.yaml", "policy: {}\n").commit("No longer");
    world.accounts(&[&account("acme_dental", 28)]);

    assert_eq!(short(&world), "update 27 -> 28");
}
