use proptest::prelude::*;

use super::*;

const ROOM: &str = "aeaqcaibaeaqcaibaeaqcaibae";
const SECRET: &str = "aibaeaqcaibaeaqcaibaeaqcai";
const KEY: &str = "ambqgaydambqgaydambqgaydambqgaydambqgaydambqgaydambq";
const PLAN: &str = "aqcaibaeaqcaibaeaqcaibaeaqcaibaeaqcaibaeaqcaibaeaqca";

fn link() -> String {
    format!("http://127.0.0.1:8080/draw.html#room={ROOM}&secret={SECRET}&key={KEY}&plan={PLAN}")
}

fn invitation(role: Role) -> Invitation {
    let relay = RelayOrigin::parse("ws://127.0.0.1:8080").unwrap();
    let secret = InvitationSecret::from_bytes([2; 16]);
    Invitation::new(
        (Site::of_relay(relay.clone()), relay),
        RoomId::from_bytes([1; 16]),
        (role, secret),
        PublicKey::from_bytes([3; 32]),
        [4; 32],
    )
    .unwrap()
}

#[test]
fn a_link_is_written_and_read() {
    let made = invitation(Role::DataOwner);
    assert_eq!(made.to_link(), link());
    let read = Invitation::parse(&link()).unwrap();
    assert_eq!(read, made);
    assert_eq!(read.relay_url(), "ws://127.0.0.1:8080/ws");
    assert_eq!(read.role(), Role::DataOwner);
    assert_eq!(read.secret.as_bytes(), &[2; 16]);

    let helper = invitation(Role::Helper).to_link();
    assert_eq!(helper, link().replace("draw", "help"));
    assert_eq!(Invitation::parse(&helper).unwrap().role(), Role::Helper);
}

#[test]
fn a_link_says_how_many_compute_parties_there_are() {
    for role in [Role::DataOwner, Role::ComputeParty] {
        let made = invitation(role).with_parties(5).unwrap();
        let link = made.to_link();
        assert!(link.ends_with("&parties=5"), "{link}");
        let read = Invitation::parse(&link).unwrap();
        assert_eq!(read, made);
        assert_eq!((read.role(), read.parties()), (role, Some(5)));
        for wrong in ["2", "10", "-3", "", "three"] {
            let wrong = link.replace("parties=5", &format!("parties={wrong}"));
            assert_eq!(Invitation::parse(&wrong), Err(InvitationError::Parties));
        }
    }
    assert_eq!(invitation(Role::DataOwner).parties(), None);
    // A helper and compute parties do not go together, and parties know how many they are.
    let helper = invitation(Role::Helper);
    assert_eq!(helper.with_parties(3), Err(InvitationError::Parties));
    let link = invitation(Role::ComputeParty).to_link();
    assert_eq!(Invitation::parse(&link), Err(InvitationError::Parties));
}

/// A server that serves the page is sent nothing but its path.
#[test]
fn all_of_an_invitation_stands_behind_the_hash() {
    let link = link();
    assert_eq!(
        link.split('#').next(),
        Some("http://127.0.0.1:8080/draw.html")
    );
}

#[test]
fn pages_may_live_apart_from_the_relay() {
    let mut apart = invitation(Role::Helper);
    apart.site = Site::parse("https://pages.example/blindsight/index.html").unwrap();
    let link = apart.to_link();
    assert!(
        link.starts_with("https://pages.example/blindsight/help.html#room="),
        "{link}"
    );
    assert!(
        link.ends_with("&relay=http%3A%2F%2F127.0.0.1%3A8080"),
        "{link}"
    );
    let read = Invitation::parse(&link).unwrap();
    assert_eq!(read, apart);
    assert_eq!(read.relay_url(), "ws://127.0.0.1:8080/ws");
}

#[test]
fn a_link_may_come_with_space_other_schemes_and_unknown_parts() {
    let plain = Invitation::parse(&link()).unwrap();
    for same in [
        format!("  {}\n", link()),
        link().replace("http:", "ws:"),
        link().replace("http:", "HTTP:"),
        link().replace("#room", "?from=chat#room"),
        link().replace("#room", "#from=chat&room"),
        link().replace(ROOM, &ROOM.to_uppercase()),
    ] {
        assert_eq!(Invitation::parse(&same).as_ref(), Ok(&plain), "{same}");
    }
    let tls = Invitation::parse(&link().replace("http:", "https:")).unwrap();
    assert_ne!(tls, plain);
    assert_eq!(tls.relay_url(), "wss://127.0.0.1:8080/ws");
}

#[test]
fn each_way_of_being_wrong_has_its_error() {
    use InvitationError::*;
    let cases = [
        (format!("{}{}", link(), "a".repeat(MAX_LINK_BYTES)), TooLong),
        (String::new(), NotALink),
        ("draw.html".to_owned(), NotALink),
        (link().replace("//", "// "), NotALink),
        (link().replace("http:", "ftp:"), Scheme),
        (link().replace("//127.0.0.1:8080", ""), Host),
        (link().replace("127.0.0.1:8080", ""), Host),
        (link().replace("127.0.0.1:8080", "host:99999"), Host),
        (link().replace("127.0.0.1:8080", "host:0"), Host),
        (link().replace("127.0.0.1", "me:word@127.0.0.1"), Host),
        (link().replace("127.0.0.1", "h%20st"), Host),
        (link().replace("draw", "host"), Page),
        (link().replace("room=", "zoom="), NoRoom),
        (link().replace(ROOM, &ROOM[1..]), Room),
        (link().replace("#", &format!("#room={ROOM}&")), Repeated),
        (link().replace("#", "?"), NoSecret),
        (link().replace("secret=", "sacred="), NoSecret),
        (link().replace(SECRET, &SECRET[1..]), Secret),
        (link().replace(SECRET, &format!("{SECRET}a")), Secret),
        (link().replace(KEY, &KEY[1..]), Secret),
        (link().replace("key=", "quay="), Secret),
        (link().replace(PLAN, ""), Secret),
        (format!("{}&relay=nowhere", link()), NotALink),
    ];
    for (link, error) in cases {
        assert_eq!(Invitation::parse(&link), Err(error), "{link}");
    }
    assert_eq!(
        NoSecret.to_string(),
        "the part after # is missing; copy the whole link"
    );
}

#[test]
fn a_model_owner_is_not_invited() {
    let relay = RelayOrigin::parse("ws://127.0.0.1:8080").unwrap();
    let result = Invitation::new(
        (Site::of_relay(relay.clone()), relay),
        RoomId::from_bytes([1; 16]),
        (Role::ModelOwner, InvitationSecret::from_bytes([2; 16])),
        PublicKey::from_bytes([3; 32]),
        [4; 32],
    );
    assert_eq!(result, Err(InvitationError::NotInvited));
}

#[test]
fn debug_leaves_the_secret_out() {
    let text = format!("{:?}", invitation(Role::Helper));
    assert!(text.contains(ROOM) && text.contains("Helper"), "{text}");
    assert!(!text.contains(SECRET) && !text.contains("2, 2"), "{text}");
}

#[test]
fn relay_addresses_are_read() {
    let cases = [
        (
            "ws://127.0.0.1:8080",
            "http://127.0.0.1:8080",
            "ws://127.0.0.1:8080/ws",
        ),
        (
            "http://localhost:1/ws",
            "http://localhost:1",
            "ws://localhost:1/ws",
        ),
        (
            "wss://Relay.Example.org/",
            "https://relay.example.org",
            "wss://relay.example.org/ws",
        ),
        (
            "https://r.example:443",
            "https://r.example",
            "wss://r.example/ws",
        ),
        (
            "http://r.example:443",
            "http://r.example:443",
            "ws://r.example:443/ws",
        ),
        (
            "http://r.example:80",
            "http://r.example",
            "ws://r.example/ws",
        ),
        ("http://r.example:", "http://r.example", "ws://r.example/ws"),
        (
            "ws://[::1]:8080/ws",
            "http://[::1]:8080",
            "ws://[::1]:8080/ws",
        ),
    ];
    for (text, site, socket) in cases {
        let origin = RelayOrigin::parse(text).unwrap();
        assert_eq!(
            (origin.to_string(), origin.socket_url()),
            (site.into(), socket.into())
        );
        assert_eq!(RelayOrigin::parse(site), Ok(origin));
    }
}

#[test]
fn other_addresses_are_refused() {
    use InvitationError::*;
    let cases = [
        ("127.0.0.1:8080", NotALink),
        ("localhost:8080", Scheme),
        ("file:///etc", Scheme),
        ("ws://", Host),
        ("ws://a/b", NotAnOrigin),
        ("ws://a/ws/", NotAnOrigin),
        ("ws://a?b", NotAnOrigin),
        ("ws://a#b", NotAnOrigin),
    ];
    for (text, error) in cases {
        assert_eq!(RelayOrigin::parse(text), Err(error), "{text}");
    }
}

proptest! {
    #[test]
    fn any_invitation_reads_back(
        room: [u8; 16], secret: [u8; 16], key: [u8; 32], plan: [u8; 32], helper: bool, tls: bool,
    ) {
        let scheme = if tls { "https" } else { "http" };
        let relay = RelayOrigin::parse(&format!("{scheme}://relay.example:7000")).unwrap();
        let role = if helper { Role::Helper } else { Role::DataOwner };
        let (room, secret) = (RoomId::from_bytes(room), InvitationSecret::from_bytes(secret));
        let host = PublicKey::from_bytes(key);
        let places = (Site::of_relay(relay.clone()), relay);
        let made = Invitation::new(places, room, (role, secret), host, plan).unwrap();
        prop_assert_eq!(Invitation::parse(&made.to_link()), Ok(made));
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,80}", at in 0..240_usize) {
        let _ = (Invitation::parse(&text), RelayOrigin::parse(&text));
        let mut link = link();
        if at <= link.len() {
            link.insert_str(at, &text);
        }
        let _ = Invitation::parse(&link);
    }

    #[test]
    fn no_shortened_link_is_read(cut in 1..220_usize) {
        let link = link();
        prop_assert!(Invitation::parse(&link[..link.len().saturating_sub(cut)]).is_err());
    }
}
