//! Being asked before each picture: what the model owner types.
//!
//! With `--ask` a line says `allow` or `deny`, and in front of it which data owner's picture, where
//! more than one waits.

use std::collections::BTreeSet;

use blindsight_member::{GuestState, Note};

use crate::report;

/// Data owners whose pictures wait for an answer.
pub struct Asking {
    on: bool,
    json: bool,
    waiting: BTreeSet<u32>,
}

/// What a line says.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// The data owner's number.
    pub guest: u32,
    /// Whether its picture is classified.
    pub allow: bool,
}

impl Asking {
    /// Nobody waits yet.
    pub fn new(on: bool, json: bool) -> Self {
        Self {
            on,
            json,
            waiting: BTreeSet::new(),
        }
    }

    /// Keeps account of those who wait, and asks the person.
    pub fn see(&mut self, note: &Note) {
        let Note::Guest {
            id, state, asking, ..
        } = note
        else {
            return;
        };
        if *state != GuestState::Asking {
            self.waiting.remove(id);
        } else if self.waiting.insert(*id) && self.on {
            if self.json {
                report::json(note);
            } else {
                let pictures = match asking {
                    1 => "the picture".to_owned(),
                    many => format!("{many} pictures"),
                };
                report::line(&format!(
                    "May {pictures} of data owner {id} be classified? Type: data-owner-{id} allow, \
                     or data-owner-{id} deny."
                ));
            }
        }
    }

    /// What a line says; `None` when it is about something else.
    ///
    /// # Errors
    ///
    /// What to type instead.
    pub fn answer(&self, line: &str) -> Option<Result<Answer, String>> {
        let line = line.to_lowercase();
        let words: Vec<&str> = line.split_whitespace().collect();
        // More words are safety words, of which one may be `allow`.
        let (who, says) = match words.as_slice() {
            [says] => (None, *says),
            [who, says] => (Some(*who), *says),
            _ => return None,
        };
        let allow = match says {
            "allow" => true,
            "deny" => false,
            _ => return None,
        };
        Some(self.guest(who).map(|guest| Answer { guest, allow }))
    }

    fn guest(&self, who: Option<&str>) -> Result<u32, String> {
        let mut waiting = self.waiting.iter().copied();
        match (who, waiting.next(), waiting.next()) {
            (_, None, _) => Err("No picture waits now.".into()),
            (None, Some(guest), None) => Ok(guest),
            (None, Some(one), Some(other)) => Err(format!(
                "Say first whose picture: data-owner-{one} or data-owner-{other}."
            )),
            (Some(who), ..) => {
                let named = |guest: &u32| who == format!("data-owner-{guest}");
                let found = self.waiting.iter().copied().find(named);
                found.ok_or_else(|| format!("No picture of {who} waits now."))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(guests: &[u32]) -> Asking {
        let mut asking = Asking::new(false, false);
        for id in guests {
            asking.see(&guest(*id, GuestState::Asking));
        }
        asking
    }

    fn guest(id: u32, state: GuestState) -> Note {
        Note::Guest {
            id,
            state,
            classified: 0,
            allowed: 100,
            asking: 1,
        }
    }

    #[test]
    fn a_line_says_whose_picture_is_allowed() {
        let answer = |guest, allow| Some(Ok(Answer { guest, allow }));
        let one = asking(&[1]);
        assert_eq!(one.answer("allow"), answer(1, true));
        assert_eq!(one.answer(" Data-Owner-1  DENY "), answer(1, false));
        assert!(matches!(one.answer("data-owner-2 allow"), Some(Err(_))));
        for words in ["data-owner-1 yes", "abandon ability able allow"] {
            assert_eq!(one.answer(words), None, "that is about words");
        }
        let two = asking(&[1, 12]);
        assert!(matches!(two.answer("deny"), Some(Err(_))), "whose?");
        assert_eq!(two.answer("data-owner-12 allow"), answer(12, true));
        assert!(matches!(asking(&[]).answer("allow"), Some(Err(_))));
    }

    #[test]
    fn who_has_an_answer_waits_no_more() {
        let mut asking = asking(&[1, 2]);
        asking.see(&guest(1, GuestState::Ready));
        let answer = asking.answer("allow").unwrap().unwrap();
        assert_eq!(answer.guest, 2);
    }
}
