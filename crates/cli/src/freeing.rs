//! Freeing the seats of compute parties: what the model owner types.
//!
//! A line says `free 2`, or `free compute-party-2`.

use std::collections::BTreeSet;

use blindsight_member::Note;
use blindsight_session::Role;

/// The seats that are taken.
pub struct Freeing {
    parties: u8,
    taken: BTreeSet<u8>,
}

impl Freeing {
    /// No seat of so many is taken yet; of none where there is a helper.
    pub fn new(parties: Option<u8>) -> Self {
        Self {
            parties: parties.unwrap_or(0),
            taken: BTreeSet::new(),
        }
    }

    /// Keeps account of the seats.
    pub fn see(&mut self, note: &Note) {
        match note {
            Note::Link(link) if link.role == Role::ComputeParty => {
                self.taken.extend(self.seat(&link.peer));
            }
            Note::Unlink { peer } => {
                if let Some(seat) = self.seat(peer) {
                    self.taken.remove(&seat);
                }
            }
            _ => {}
        }
    }

    /// The seat that a line frees; `None` when it is about something else.
    ///
    /// # Errors
    ///
    /// What to type instead.
    pub fn seat_of(&self, line: &str) -> Option<Result<u8, String>> {
        let line = line.to_lowercase();
        let mut words = line.split_whitespace();
        // Safety words are four, and none of them is this one alone.
        let (Some("free"), which, None) = (words.next(), words.next(), words.next()) else {
            return None;
        };
        if self.parties == 0 {
            return Some(Err("This room has no seats of compute parties.".into()));
        }
        let Some(seat) = which.and_then(|which| self.seat(which)) else {
            let most = self.parties;
            return Some(Err(format!(
                "Type free and the seat's number, from 1 to {most}."
            )));
        };
        Some(match self.taken.contains(&seat) {
            true => Ok(seat),
            false => Err(format!("Seat {seat} is free.")),
        })
    }

    /// A seat by its number, or as a link is called.
    fn seat(&self, name: &str) -> Option<u8> {
        let number = name.strip_prefix("compute-party-").unwrap_or(name);
        let seat = number.parse().ok();
        seat.filter(|seat| (1..=self.parties).contains(seat))
    }
}

#[cfg(test)]
mod tests {
    use blindsight_member::{LinkNote, Trust};

    use super::*;

    fn link(peer: &str, role: Role) -> Note {
        Note::Link(LinkNote {
            peer: peer.into(),
            role,
            guest: None,
            words: ["free", "ability", "able", "about"],
            digits: "0000 0001 0002 0003".into(),
            trust: Trust::Unverified,
            online: true,
        })
    }

    #[test]
    fn a_line_frees_a_seat_that_is_taken() {
        let mut freeing = Freeing::new(Some(3));
        assert!(
            matches!(freeing.seat_of("free 2"), Some(Err(_))),
            "it is free"
        );
        freeing.see(&link("compute-party-2", Role::ComputeParty));
        freeing.see(&link("data-owner-1", Role::DataOwner));
        assert_eq!(freeing.seat_of("free 2"), Some(Ok(2)));
        assert_eq!(freeing.seat_of(" Free  compute-party-2 "), Some(Ok(2)));
        for wrong in [
            "free",
            "free 0",
            "free 4",
            "free data-owner-1",
            "free 1",
            "free two",
        ] {
            assert!(matches!(freeing.seat_of(wrong), Some(Err(_))), "{wrong}");
        }
        for other in [
            "compute-party-2 yes",
            "free ability able about",
            "allow",
            "",
        ] {
            assert_eq!(freeing.seat_of(other), None, "{other}");
        }
        freeing.see(&Note::Unlink {
            peer: "compute-party-2".into(),
        });
        assert!(matches!(freeing.seat_of("free 2"), Some(Err(_))));
        let dealt = Freeing::new(None);
        assert!(matches!(dealt.seat_of("free 1"), Some(Err(_))));
    }
}
