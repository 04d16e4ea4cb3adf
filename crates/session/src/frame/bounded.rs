//! Reading a list whose length somebody else chose.

use std::fmt;

use serde::Deserializer;
use serde::de::{Error, SeqAccess, Visitor};

use super::MAX_MEMBERS;
use crate::room::Member;

/// Reads a list of members. Its declared length is checked before anything is allocated.
pub(super) fn members<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Member>, D::Error> {
    from.deserialize_seq(Members)
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<Member>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {MAX_MEMBERS} members")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Member>, A::Error> {
        let declared = seq.size_hint().unwrap_or(0);
        if declared > MAX_MEMBERS {
            return Err(A::Error::invalid_length(declared, &self));
        }
        let mut members = Vec::with_capacity(declared);
        while let Some(member) = seq.next_element()? {
            if members.len() == MAX_MEMBERS {
                return Err(A::Error::invalid_length(MAX_MEMBERS + 1, &self));
            }
            members.push(member);
        }
        Ok(members)
    }
}
