//! The rules of frames, and frames of anything.

#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

const MASK: [u8; 4] = [1, 2, 3, 4];

/// A frame as a client sends it; `first` is its first byte.
fn client_frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..=125 => frame.push(0x80 | length as u8),
        length @ 126..=0xffff => {
            frame.push(0x80 | 126);
            frame.extend((length as u16).to_be_bytes());
        }
        length => {
            frame.push(0x80 | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend(MASK);
    frame.extend(
        payload
            .iter()
            .enumerate()
            .map(|(index, byte)| byte ^ MASK[index % 4]),
    );
    frame
}

/// What a server makes of these bytes, given to it in pieces of `piece`.
fn received(bytes: &[u8], piece: usize) -> Result<Vec<Received>, Violation> {
    decoded(
        Decoder::new(Role::Server, Some(Deflate::default())),
        bytes,
        piece,
    )
}

fn decoded(mut decoder: Decoder, bytes: &[u8], piece: usize) -> Result<Vec<Received>, Violation> {
    let mut input = BytesMut::new();
    let mut all = Vec::new();
    for piece in bytes.chunks(piece.max(1)) {
        input.extend_from_slice(piece);
        while let Some(one) = decoder.next(&mut input)? {
            all.push(one);
        }
    }
    Ok(all)
}

fn text(text: &str) -> Received {
    Received::Message(Message::Text(text.into()))
}

fn code_of(frames: &[Vec<u8>]) -> Option<u16> {
    received(&frames.concat(), 7)
        .err()
        .map(|violation| violation.code)
}

#[test]
fn fragments_become_one_message_with_pings_between_them() {
    let frames = [
        client_frame(0x01, "Stra".as_bytes()),
        client_frame(0x89, b"?"),
        // Split inside a character.
        client_frame(0x00, &"ß".as_bytes()[..1]),
        client_frame(0x8a, b""),
        client_frame(
            0x80,
            &["ß".as_bytes()[1..].to_vec(), b"e".to_vec()].concat(),
        ),
        client_frame(0x82, &[]),
    ];
    let expected = vec![
        Received::Ping(Bytes::from_static(b"?")),
        Received::Pong,
        text("Straße"),
        Received::Message(Message::Binary(Vec::new())),
    ];
    for piece in [1, 3, 1000] {
        assert_eq!(received(&frames.concat(), piece).unwrap(), expected);
    }
}

#[test]
fn rules_are_kept() {
    let ok = client_frame(0x81, b"x");
    let cases: [(&str, Vec<Vec<u8>>, u16); 14] = [
        (
            "continuation of nothing",
            vec![client_frame(0x80, b"x")],
            1002,
        ),
        (
            "message inside a message",
            vec![client_frame(0x01, b"x"), ok.clone()],
            1002,
        ),
        ("fragmented ping", vec![client_frame(0x09, b"x")], 1002),
        ("long ping", vec![client_frame(0x89, &[0; 126])], 1002),
        ("long close", vec![client_frame(0x88, &[3; 126])], 1002),
        ("reserved bit 2", vec![client_frame(0xa1, b"x")], 1002),
        ("reserved bit 3", vec![client_frame(0x91, b"x")], 1002),
        ("compressed ping", vec![client_frame(0xc9, b"x")], 1002),
        (
            "compressed continuation",
            vec![client_frame(0x01, b"x"), client_frame(0xc0, b"x")],
            1002,
        ),
        ("unknown data opcode", vec![client_frame(0x83, b"x")], 1002),
        (
            "unknown control opcode",
            vec![client_frame(0x8b, b"x")],
            1002,
        ),
        ("half a close code", vec![client_frame(0x88, b"x")], 1002),
        (
            "text that is not UTF-8",
            vec![client_frame(0x81, b"\xc3\x28")],
            1007,
        ),
        (
            "reason that is not UTF-8",
            vec![client_frame(0x88, b"\x03\xe8\xff")],
            1007,
        ),
    ];
    for (name, frames, code) in cases {
        assert_eq!(code_of(&frames), Some(code), "{name}");
    }
    for code in [0_u16, 999, 1004, 1005, 1006, 1015, 5000, 65535] {
        assert_eq!(
            code_of(&[client_frame(0x88, &code.to_be_bytes())]),
            Some(1002),
            "{code}"
        );
    }
    for code in [1000_u16, 1001, 1003, 1007, 1014, 3000, 4999] {
        assert_eq!(
            code_of(&[client_frame(0x88, &code.to_be_bytes())]),
            None,
            "{code}"
        );
    }
}

#[test]
fn masks_are_for_clients_only() {
    let mut unmasked = BytesMut::new();
    Encoder::new(Role::Server, None).message(&Message::Text("x".into()), &mut unmasked);
    assert_eq!(received(&unmasked, 100).unwrap_err().code, 1002);
    let client = Decoder::new(Role::Client, None);
    assert_eq!(decoded(client, &unmasked, 100).unwrap(), [text("x")]);
    let client = Decoder::new(Role::Client, None);
    assert_eq!(
        decoded(client, &client_frame(0x81, b"x"), 100)
            .unwrap_err()
            .code,
        1002
    );
}

#[test]
fn the_compression_bit_needs_an_agreement() {
    let plain = Decoder::new(Role::Server, None);
    assert_eq!(
        decoded(plain, &client_frame(0xc1, b"x"), 100)
            .unwrap_err()
            .code,
        1002
    );
    let garbage = client_frame(0xc1, b"\xff\xff\xff");
    assert_eq!(received(&garbage, 100).unwrap_err().code, 1002);
}

#[test]
fn too_long_messages_are_refused_before_they_arrive() {
    let mut header = vec![0x82, 0xff];
    header.extend((MESSAGE_BYTES_MAX as u64 + 1).to_be_bytes());
    header.extend(MASK);
    assert_eq!(received(&header, 100).unwrap_err().code, 1009);
    let mut endless = vec![0x82, 0xff];
    endless.extend(u64::MAX.to_be_bytes());
    endless.extend(MASK);
    assert_eq!(received(&endless, 100).unwrap_err().code, 1009);
    // Also as the sum of fragments, and of what they decompress to.
    let half = client_frame(0x02, &vec![0; MESSAGE_BYTES_MAX / 2 + 1]);
    let rest = client_frame(0x80, &vec![0; MESSAGE_BYTES_MAX / 2]);
    assert_eq!(
        received(&[half, rest].concat(), 1 << 20).unwrap_err().code,
        1009
    );
    let bomb = Deflate::default()
        .compress(&vec![0; MESSAGE_BYTES_MAX + 1])
        .unwrap();
    assert_eq!(
        received(&client_frame(0xc2, &bomb), 1 << 20)
            .unwrap_err()
            .code,
        1009
    );
    let longest = client_frame(0x82, &vec![7; MESSAGE_BYTES_MAX]);
    assert_eq!(received(&longest, 1 << 20).unwrap().len(), 1);
}

#[test]
fn close_frames_have_a_code_and_a_reason_or_neither() {
    let close = |code, reason: &str| Close {
        code,
        reason: reason.into(),
    };
    let sent = |close: Close| {
        let mut output = BytesMut::new();
        Encoder::new(Role::Client, None).message(&Message::Close(close), &mut output);
        received(&output, 100).unwrap()
    };
    let expected = |close| vec![Received::Message(Message::Close(close))];
    assert_eq!(sent(close(4000, "why")), expected(close(4000, "why")));
    assert_eq!(
        sent(close(NO_CODE, "dropped")),
        expected(close(NO_CODE, ""))
    );
    // Longer than a frame: cut at a character.
    assert_eq!(
        sent(close(1000, &"é".repeat(80))),
        expected(close(1000, &"é".repeat(61)))
    );
}

fn messages() -> impl Strategy<Value = Vec<Message>> {
    let text = "(.|[a-c]{300,900}){0,3}".prop_map(Message::Text);
    let binary = proptest::collection::vec(any::<u8>(), 0..700).prop_map(Message::Binary);
    proptest::collection::vec(prop_oneof![text, binary], 0..6)
}

proptest! {
    #[test]
    fn what_one_side_sends_the_other_receives(
        messages in messages(),
        piece in 1_usize..400,
        is_client in any::<bool>(),
        is_compressed in any::<bool>(),
    ) {
        let (from, to) = match is_client {
            true => (Role::Client, Role::Server),
            false => (Role::Server, Role::Client),
        };
        let deflate = || is_compressed.then(Deflate::default);
        let mut encoder = Encoder::new(from, deflate());
        let mut output = BytesMut::new();
        for message in &messages {
            encoder.message(message, &mut output);
        }
        let received = decoded(Decoder::new(to, deflate()), &output, piece).unwrap();
        let expected: Vec<_> = messages.into_iter().map(Received::Message).collect();
        prop_assert_eq!(received, expected);
    }

    #[test]
    fn any_bytes_are_read_the_same_in_any_pieces(
        bytes in proptest::collection::vec(prop_oneof![any::<u8>(), Just(0x81), Just(0x80), Just(0x01)], 0..200),
        piece in 1_usize..20,
    ) {
        prop_assert_eq!(received(&bytes, piece), received(&bytes, 1000));
    }
}
