//! Rooms of compute parties.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use blindsight_member::{ComputePartyMember, HelperChoice, ModelOwnerMember, Note};
use blindsight_model::{
    fixed_point::Demands,
    network::Network,
    plan::Reveal,
    shamir::{Scheme, Signs},
};
use blindsight_mpc::shamir::Committee;
use blindsight_parties::Hosting;
use blindsight_session::Invitation;

use super::{House, Seat, Who, options};

impl House {
    /// A model owner opens a room for so many compute parties. Gives the invitation of data owners, any
    /// number of them, and that of the parties.
    ///
    /// # Errors
    ///
    /// When the room does not open.
    pub fn host_shared(
        &mut self,
        network: &Network,
        parties: u8,
    ) -> Result<(Who, Invitation, Invitation)> {
        let (committee, class) = (Committee::new(parties)?, Reveal::Ranking { top: 1 });
        let (signs, demands) = (Signs::Exact, Demands::default());
        let fitted = Scheme::of_network(network, class, committee, signs, demands);
        let (integers, scheme) = fitted?;
        let hosting = Hosting::new(Arc::new(integers), &network.name, &network.labels)?;
        let options = options(HelperChoice::Invite, None)?;
        let shared = (hosting, scheme);
        let member = ModelOwnerMember::open_shared(options, shared, None, &mut self.rng)?;
        let host = self.sit(Seat::ModelOwner(Box::new(member)))?;
        let invitations = self.notes.iter().find_map(|(_, note)| match note {
            Note::HostingShared {
                data_owner_invite,
                party_invite,
                ..
            } => Some((data_owner_invite.clone(), party_invite.clone())),
            _ => None,
        });
        let (data_owner, party) = invitations.context("the room did not open")?;
        Ok((
            host,
            Invitation::parse(data_owner.as_str())?,
            Invitation::parse(party.as_str())?,
        ))
    }

    /// A compute party takes up its invitation.
    ///
    /// # Errors
    ///
    /// When the relay is full.
    pub fn compute_party(&mut self, invitation: &Invitation) -> Result<Who> {
        let member = ComputePartyMember::join(invitation, None, &mut self.rng);
        self.sit(Seat::ComputeParty(Box::new(member)))
    }

    /// A model owner gives a seat to somebody else.
    ///
    /// # Errors
    ///
    /// When there is no such model owner.
    pub fn free_seat(&mut self, who: Who, index: u8) -> Result<()> {
        let Some(Seat::ModelOwner(member)) = self.seats.get_mut(who.0) else {
            bail!("there is no such model owner");
        };
        let output = member.free_seat(self.now, index, &mut self.rng);
        self.put(who, output);
        self.run();
        Ok(())
    }
}
