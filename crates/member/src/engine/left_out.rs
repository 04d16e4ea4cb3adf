//! In the place of the engine of compute parties where that is left out: roles that nobody can have.

use blindsight_model::shamir::Scheme;
use blindsight_parties::{Consent, Misuse, Peer, Reason, Step};
use rand_core::CryptoRng;

/// Of which there is none.
pub(crate) enum DataOwner {}

/// Of which there is none.
pub(crate) enum ModelOwner {}

/// Methods that nobody can call.
macro_rules! never {
    ($($name:ident($($argument:ty),*) -> $result:ty;)*) => {
        $(pub(crate) fn $name(&self, $(_: $argument),*) -> $result {
            match *self {}
        })*
    };
}

impl DataOwner {
    never! {
        peer_joined(Peer) -> Step;
        peer_left(Peer) -> Step;
        receive(Peer, &[u8]) -> Step;
        classify(&[u8], &mut impl CryptoRng) -> Result<Step, Misuse>;
        stop() -> Step;
        ready() -> usize;
        left() -> Option<u32>;
        may_become_ready() -> bool;
        longest_message() -> usize;
    }
}

impl ModelOwner {
    never! {
        scheme() -> &Scheme;
        parties() -> std::iter::Empty<u8>;
        guest_joined(u32, u32) -> Step;
        party_joined(u8, &mut impl CryptoRng) -> Step;
        peer_left(Peer, &mut impl CryptoRng) -> Step;
        peer_misbehaved(Peer, Reason, &mut impl CryptoRng) -> Step;
        receive(Peer, &[u8], &mut impl CryptoRng) -> Step;
        ask(Consent) -> Step;
        answer(u32, bool) -> Step;
        dismiss(u32) -> Step;
        stop() -> Step;
        longest_message(Peer) -> usize;
    }
}
