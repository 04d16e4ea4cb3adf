// What pages say in rooms of compute parties, in English.

const those = (threshold) => (threshold === 1 ? "no one of them alone" : `no ${threshold} of them together`);

export const catalogue = null;

export const shared = {
  page: {
    "data-owner": (parties, threshold) => ({
      ".lead":
        "Your picture stays in this tab. Shares of it leave, one for each compute party, and you alone read the class.",
      "#steps li:nth-child(3)": "Parties get the model",
      ".shared .note": `This picture of 28 × 28 pixels and no other is classified. Each of the ${parties} parties gets a share of it: numbers that look random. More than ${threshold} would have to put theirs together to see it.`,
      "#live-note":
        "The class follows the drawing, as fast as the parties compute. Each picture uses up a classification. The model owner and the parties see when, and so the rhythm of your hand.",
      ".only-you":
        "Nobody but you can read this. The model owner and the compute parties learn that a query happened.",
      "#links .callout": `Know who the compute parties are: ${those(threshold)} can see your picture, and more than that can. Somebody who opened their link in most of the seats, the model owner included, is more than that.`,
      "#see > .note":
        "Shares pass here: numbers of which each alone is noise, and which only stay secret as long as they are not put side by side. So sizes are all there is to see.",
    }),
    "model-owner": (_parties, threshold) => ({
      ".lead":
        "Shares of the weights leave this tab, one for each compute party. Others send shares of their pictures, and only they read the class.",
      "#links .callout": `Know who the compute parties are: ${those(threshold)} can compute your weights, and more than that can. A data owner who opened their link in most of the seats is more than that.`,
      "#see > .note":
        "No picture reaches this tab, and of the weights shares leave it. So sizes are all there is to see.",
    }),
  },
  cost: ({ rounds, online, offline, once }) =>
    `Each picture takes ${rounds} rounds and ${online} among the parties, and ${offline} prepared ahead; the shares of the weights are ${once}, once.`,
  hidden: (kappa) =>
    `What is opened on the way is masked: it tells two numbers apart with a chance of at most 1 in 2^${kappa}.`,
  details: ({ time, rounds, own, among }) =>
    `${time} online · ${rounds} rounds · ${own} here, ${among} among the parties`,
  parties: "Compute parties",
  count: (parties, threshold) => `${parties}, of whom ${threshold} may conspire`,
  rounds: "Rounds a picture",
  amongParties: "Bytes a picture among the parties, online",
  atDataOwner: "Bytes a picture at the data owner",
  beforehand: "Bytes a picture among the parties, prepared ahead",
  weights: "Bytes once, for the shares of the weights",
  hiding: "An opening tells numbers apart with a chance of",
  chance: (kappa) => `at most 1 in 2^${kappa}`,
  link: "Link for the compute parties",
  linkNote: (parties) =>
    `One link for all of them: it is opened in ${parties} browsers, and whoever comes first takes a seat. If one leaves, somebody else can open it. Send it in private.`,
  own: "Compute in a tab of your own",
  ownNote: "It takes one seat. Whoever has most of the seats can read everything, so leave the others to others.",
};

export const lobby = {
  title: "Seats of the compute parties",
  seat: (number) => `Party ${number}`,
  own: "this tab",
  free: "free",
  lost: "line lost",
  here: { unverified: "here, not verified", verified: "here, verified", site: "here" },
  count: (here, all) => `${here} of ${all} are here.`,
  freeSeat: "Free this seat",
  sure: (party) => ({
    title: `Free the seat of ${party.toLowerCase()}?`,
    text: "Whoever is in it leaves the room and cannot come back from that tab. The link still works: send it to somebody else. A picture under way begins anew when the seat is taken.",
    yes: "Free the seat",
    no: "Cancel",
  }),
};

export const party = {
  joining: "Joining.",
  see: "Shares pass here, of pictures and of weights. Each alone is noise, so sizes are all there is to see.",
  rely: (parties, threshold) =>
    `${parties} parties compute, and ${those(threshold)} learns anything of the pictures or the weights. So whoever takes a second seat, or works together with others of them, takes from both owners what they rely on.`,
};
