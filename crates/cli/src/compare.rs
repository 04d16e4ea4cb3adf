//! Comparing safety words: what the person in front of the program types.
//!
//! With `--compare` a line says whose words it is about, where that is not clear, and then `yes`,
//! `no`, or the four words (or numbers) that the other one reads out, which the program compares
//! itself.

use std::collections::BTreeMap;

use blindsight_member::{LinkNote, Note, Trust};
use blindsight_session::Role;

use crate::report;

/// The links whose words may be compared, and the lines that say whether they are the same.
pub struct Compare {
    on: bool,
    json: bool,
    links: BTreeMap<String, LinkNote>,
}

/// What a line says.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// About whose words, as in [`LinkNote::peer`].
    pub peer: String,
    /// Whether they are the same.
    pub matches: bool,
}

impl Compare {
    /// There are no links yet.
    pub fn new(on: bool, json: bool) -> Self {
        Self {
            on,
            json,
            links: BTreeMap::new(),
        }
    }

    /// Whether words are to be compared.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// Keeps account of links, and asks the person about those that are not verified.
    pub fn see(&mut self, note: &Note) {
        match note {
            Note::Link(link) => {
                let known = self.links.insert(link.peer.clone(), link.clone());
                if self.json && self.on {
                    report::json(note);
                } else if known.is_none() && self.on && link.trust == Trust::Unverified {
                    report::line(&format!(
                        "Do the words of {0} match? Type: {0} yes, {0} no, or {0} and the words \
                         that you hear.",
                        link.peer
                    ));
                }
            }
            Note::Unlink { peer } => {
                self.links.remove(peer);
                if self.json && self.on {
                    report::json(note);
                }
            }
            _ => {}
        }
    }

    /// Whether there are links with so many in each of these roles, and no words are left to be
    /// compared.
    pub fn is_done(&self, roles: &[(Role, usize)]) -> bool {
        let links = || self.links.values();
        let linked = |role| links().filter(|link| link.role == role).count();
        roles.iter().all(|(role, count)| linked(*role) >= *count)
            && links().all(|link| link.trust != Trust::Unverified)
    }

    /// What a line says.
    ///
    /// # Errors
    ///
    /// What to type instead.
    pub fn answer(&self, line: &str) -> Result<Answer, String> {
        let line = line.trim().to_lowercase();
        let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((&line, ""));
        let mut open = self
            .links
            .values()
            .filter(|link| link.trust == Trust::Unverified);
        let (link, says) = match (self.links.get(first), open.next(), open.next()) {
            (Some(link), ..) => (link, rest.trim()),
            (None, Some(link), None) => (link, line.as_str()),
            (None, None, _) => return Err("There are no words to compare now.".into()),
            (None, Some(one), Some(other)) => {
                let (one, other) = (&one.peer, &other.peer);
                return Err(format!("Say first whose words: {one} or {other}."));
            }
        };
        let said: Vec<&str> = says.split_whitespace().collect();
        let digits: Vec<&str> = link.digits.split(' ').collect();
        let matches = match said.as_slice() {
            ["y" | "yes"] => true,
            ["n" | "no"] => false,
            said if said.len() == link.words.len() => *said == link.words || *said == digits,
            _ => {
                let peer = &link.peer;
                return Err(format!(
                    "Type: {peer} yes, {peer} no, or {peer} and the four words."
                ));
            }
        };
        Ok(Answer {
            peer: link.peer.clone(),
            matches,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(peers: &[(&str, Role)]) -> Compare {
        let mut compare = Compare::new(false, false);
        for (peer, role) in peers {
            compare.see(&Note::Link(LinkNote {
                peer: (*peer).into(),
                role: *role,
                guest: None,
                words: ["abandon", "ability", "able", "about"],
                digits: "0000 0001 0002 0003".into(),
                trust: Trust::Unverified,
                online: true,
            }));
        }
        compare
    }

    fn answer(peer: &str, matches: bool) -> Result<Answer, String> {
        let peer = peer.into();
        Ok(Answer { peer, matches })
    }

    #[test]
    fn a_line_says_whose_words_match() {
        let one = compare(&[("helper", Role::Helper)]);
        assert_eq!(one.answer("yes"), answer("helper", true));
        assert_eq!(one.answer(" N "), answer("helper", false));
        assert_eq!(
            one.answer("Abandon ability able about"),
            answer("helper", true)
        );
        assert_eq!(
            one.answer("abandon ability able above"),
            answer("helper", false)
        );
        assert_eq!(one.answer("0000 0001 0002 0003"), answer("helper", true));
        assert!(one.answer("perhaps").is_err());
        assert!(one.answer("").is_err());
        let two = compare(&[("helper", Role::Helper), ("model-owner", Role::ModelOwner)]);
        assert!(two.answer("yes").is_err(), "whose words?");
        assert_eq!(two.answer("model-owner no"), answer("model-owner", false));
        assert!(compare(&[]).answer("yes").is_err());
    }

    #[test]
    fn all_is_compared_when_nobody_is_missing_and_nobody_unverified() {
        let roles = [(Role::ModelOwner, 1), (Role::Helper, 1)];
        let mut links = compare(&[("helper", Role::Helper), ("model-owner", Role::ModelOwner)]);
        assert!(!links.is_done(&roles));
        for (peer, trust) in [("helper", Trust::Site), ("model-owner", Trust::Verified)] {
            let mut link = links.links[peer].clone();
            link.trust = trust;
            links.see(&Note::Link(link));
        }
        assert!(links.is_done(&roles));
        links.see(&Note::Unlink {
            peer: "helper".into(),
        });
        assert!(!links.is_done(&roles));
        // Of several parties all must be there.
        let parties = [("compute-party-1", 1), ("compute-party-2", 2)];
        for (peer, count) in parties {
            assert!(!links.is_done(&[(Role::ComputeParty, count)]));
            let mut link = links.links["model-owner"].clone();
            (link.peer, link.role) = (peer.into(), Role::ComputeParty);
            links.see(&Note::Link(link));
            assert!(links.is_done(&[(Role::ComputeParty, count)]));
        }
    }
}
