//! Rooms of compute parties.

use anyhow::{Result, ensure};
use blindsight_member::{Note, Phase};
use blindsight_tests::house::{House, bundled};

use super::drawn;

/// The model owner gives a seat to somebody else. Whoever was in it is told and cannot come back, a
/// picture waits, and is classified when another one is there.
#[test]
fn a_freed_seat_is_for_somebody_else() -> Result<()> {
    let (network, _) = bundled("mnist-bmlp-small")?;
    let picture = &drawn()?[3];
    let mut house = House::new(21);
    let (host, invitation, party) = house.host_shared(&network, 3)?;
    let mut parties = Vec::new();
    for _ in 0..3 {
        parties.push(house.compute_party(&party)?);
    }
    let guest = house.data_owner(&invitation, 1)?;
    let class = house.classify(guest, picture)?;

    house.free_seat(host, 2)?;
    let told = house.errors(parties[1]);
    ensure!(
        told.len() == 1 && told[0].contains("removed you"),
        "{told:?}"
    );
    let waits = house.notes(guest).any(|note| {
        matches!(note, Note::Phase { phase: Phase::Wait, text } if text.contains("Compute party 2 is gone"))
    });
    ensure!(waits, "the data owner is told who is missing");
    ensure!(house.errors(host).is_empty() && house.errors(guest).is_empty());
    // A seat that is free stays so.
    house.free_seat(host, 2)?;
    house.begin(guest, picture)?;
    ensure!(
        house.result(guest).is_err(),
        "two are no committee of three"
    );

    house.reload_guest(parties[1], &party)?;
    let told = house.errors(parties[1]);
    ensure!(
        told.len() == 1 && told[0].contains("freed this seat"),
        "{told:?}"
    );
    let intruder = house
        .notes(host)
        .any(|note| matches!(note, Note::Warning { .. }));
    ensure!(!intruder, "nobody who is unknown came");
    ensure!(house.result(guest).is_err());

    house.compute_party(&party)?;
    ensure!(house.result(guest)? == class);
    Ok(())
}
