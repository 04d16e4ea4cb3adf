// What pages say in rooms of compute parties, in German, and what the program says there alone.

import { catalogue as everywhere } from "../de.js";
import { germanReader } from "./grammar.js";

const those = (threshold) =>
  threshold === 1 ? "keine von ihnen allein" : `keine ${threshold} von ihnen zusammen`;

export const catalogue = {
  pages: {
    // party.html
    "Compute · Blindsight": "Rechnen · Blindsight",
    "Compute on shares of a picture and of a network, and see neither.":
      "Auf Anteilen eines Bildes und eines Netzes rechnen und beides nicht sehen.",
    Compute: "Rechnen",
    "<1/>Compute party": "<1/>Rechenpartei",
    "Compute for the others": "Für die anderen rechnen",
    "You and others compute together on shares of a picture and of a network. Your shares look random, and you see neither.":
      "Sie rechnen mit anderen auf Anteilen eines Bildes und eines Netzes. Ihre Anteile sehen zufällig aus, und Sie sehen beides nicht.",
    "Computed so far": "Bisher gerechnet",
    Pictures: "Bilder",
    "Data owners here": "Dateninhaber hier",
    "Keep this tab open while pictures are to be classified. If you leave, the others wait until somebody takes your seat.":
      "Lassen Sie diesen Tab offen, solange Bilder klassifiziert werden sollen. Gehen Sie, warten die anderen, bis jemand Ihren Platz einnimmt.",
    "Leave the room": "Den Raum verlassen",
    "Take one seat, and no second one.": "Nehmen Sie einen Platz ein und keinen zweiten.",
    "What a compute party does": "Was eine Rechenpartei tut",
    "Gets shares of the weights from the model owner, and of each picture from its data owner.":
      "Bekommt Anteile der Gewichte vom Modellinhaber und von jedem Bild vom Dateninhaber.",
    "Makes random numbers with the other parties before there is a picture, then computes with them layer by layer.":
      "Erzeugt mit den anderen Parteien Zufallszahlen, bevor es ein Bild gibt, und rechnet dann mit ihnen Schicht für Schicht.",
    "Sends its share of the class to the data owner alone.":
      "Sendet ihren Anteil der Klasse nur dem Dateninhaber.",
    "Learns the public shape of the network, how many pictures there are, and when.":
      "Erfährt die öffentliche Gestalt des Netzes, wie viele Bilder es sind, und wann.",
    "What a compute party must not do": "Was eine Rechenpartei nicht tun darf",
    "Put its shares together with those of other parties. Most of them together give pictures and weights away.":
      "Ihre Anteile mit denen anderer Parteien zusammenlegen. Die meisten zusammen geben Bilder und Gewichte preis.",
    "Open the same link in a second tab. One person, one seat.":
      "Denselben Link in einem zweiten Tab öffnen. Ein Mensch, ein Platz.",
    "Pass on, record or change anything that this tab computes.":
      "Weitergeben, aufzeichnen oder verändern, was dieser Tab rechnet.",
  },
  program: {
    "compute party": "Rechenpartei",
    "compute party {index}": "Rechenpartei {index}",
    seat: "Platz",
    seeds: "Keime",
    "shares of weights": "Anteile von Gewichten",
    permission: "Erlaubnis",
    "shares of the picture": "Anteile des Bildes",
    round: "Runde",
    "share of the result": "Anteil des Ergebnisses",
    "Waiting for compute parties to join: {missing} are missing.":
      "Warten, bis Rechenparteien beitreten: Es fehlen {missing}.",
    "The compute parties are here. They get their shares of the network.":
      "Die Rechenparteien sind da. Sie bekommen ihre Anteile des Netzes.",
    "All compute parties are here. They get their shares of the network.":
      "Alle Rechenparteien sind da. Sie bekommen ihre Anteile des Netzes.",
    "All compute parties have their shares. Guests may come.":
      "Alle Rechenparteien haben ihre Anteile. Gäste können kommen.",
    "The compute parties prepare the first pictures.":
      "Die Rechenparteien bereiten die ersten Bilder vor.",
    "a compute party sent a wrong share, or its message was altered; begin again, with other parties if it happens twice":
      "eine Rechenpartei hat einen falschen Anteil gesendet, oder ihre Nachricht wurde verändert; beginnen Sie neu, und mit anderen Parteien, wenn es zweimal geschieht",
    "a compute party left; wait until another takes its place":
      "eine Rechenpartei ist gegangen; warten Sie, bis eine andere ihren Platz einnimmt",
    "measured were {measured} bytes {what}, but the scheme declares {declared}; this is an error of the program":
      "gemessen wurden {measured} Bytes ({what}), aber der Plan nennt {declared}; das ist ein Fehler des Programms",
    "{parties} parties cannot compute together; it takes 3 to 9":
      "{parties} Parteien können nicht zusammen rechnen; es braucht 3 bis 9",
    "a message holds bytes that are no field elements; its sender runs another program":
      "eine Nachricht enthält Bytes, die keine Elemente des Körpers sind; wer sie sendet, hat ein anderes Programm",
    "party {party} sent {found} elements where {expected} are needed; begin again":
      "Partei {party} hat {found} Elemente gesendet, nötig sind {expected}; beginnen Sie neu",
    "the parties' shares of {what} do not fit each other: one of them is wrong; begin again":
      "die Anteile der Parteien ({what}) passen nicht zueinander: Einer ist falsch; beginnen Sie neu",
    "a bundle's randomness is used up; take a new bundle":
      "die Zufallszahlen eines Bündels sind verbraucht; nehmen Sie ein neues",
    "a random number was 0, which happens about never; begin again":
      "eine Zufallszahl war 0, was so gut wie nie geschieht; beginnen Sie neu",
    "a value of {width} bits, hidden by {kappa} more bits, does not fit a field of {field} bits":
      "ein Wert von {width} Bits, verdeckt von {kappa} weiteren, passt nicht in einen Körper von {field} Bits",
    "signs are found by `exact` comparisons or by 1, 3 or 5 Legendre symbols":
      "Vorzeichen werden durch genaue Vergleiche (`exact`) oder durch 1, 3 oder 5 Legendre-Symbole gefunden",
    "step {step} compares numbers of {width} bits; among {parties} parties the field leaves no room to hide them. Use fewer parties, or a helper":
      "Schritt {step} vergleicht Zahlen von {width} Bits; unter {parties} Parteien lässt der Körper keinen Platz, sie zu verdecken. Nehmen Sie weniger Parteien oder einen Helfer",
    "among {parties} compute parties there is no room in the field to hide the sums of this network; use fewer parties, or a helper":
      "unter {parties} Rechenparteien lässt der Körper keinen Platz, die Summen dieses Netzes zu verdecken; nehmen Sie weniger Parteien oder einen Helfer",
    "the scores of this network do not fit the field of compute parties; host with a helper":
      "die Bewertungen dieses Netzes passen nicht in den Körper der Rechenparteien; nehmen Sie einen Helfer",

    "The safety words with {peer} differ, so somebody may sit between the two of you. Its seat is free: send the link to somebody else, another way, or host anew.":
      "Die Sicherheitswörter mit {peer:dem} sind verschieden, also sitzt vielleicht jemand zwischen Ihnen beiden. Der Platz ist frei: Schicken Sie den Link jemand anderem, auf einem anderen Weg, oder eröffnen Sie einen neuen Raum.",

    // The page of a compute party.
    "the model owner freed this seat for somebody else; close this page or program, and ask them if you did not expect it":
      "der Modellinhaber hat diesen Platz für jemand anderen freigegeben; schließen Sie diese Seite oder dieses Programm, und fragen Sie nach, wenn Sie das nicht erwartet haben",
    "Waiting for the other compute parties.": "Warten auf die anderen Rechenparteien.",
    "Seat {index} is ours. Receiving shares of the network.":
      "Platz {index} ist unserer. Anteile des Netzes werden empfangen.",
    "All shares are here. Computing for data owners.":
      "Alle Anteile sind da. Für Dateninhaber wird gerechnet.",
    "No sum can leave the field: proved by interval arithmetic over all pictures. {exact}.":
      "Keine Summe kann den Körper verlassen: durch Intervallarithmetik über alle Bilder bewiesen. {exact}.",
  },
};

/** A sentence of that program in German, or undefined. */
export const sentence = germanReader({
  ...everywhere.program,
  ...everywhere.bundled,
  ...catalogue.program,
});

export const shared = {
  page: {
    "data-owner": (parties, threshold) => ({
      ".lead":
        "Ihr Bild bleibt in diesem Tab. Es verlässt ihn in Anteilen, einem für jede Rechenpartei, und nur Sie lesen die Klasse.",
      "#steps li:nth-child(3)": "Parteien bekommen das Modell",
      ".shared .note": `Dieses Bild von 28 × 28 Pixeln und kein anderes wird klassifiziert. Jede der ${parties} Parteien bekommt einen Anteil davon: Zahlen, die zufällig aussehen. Mehr als ${threshold} müssten ihre zusammenlegen, um es zu sehen.`,
      "#live-note":
        "Die Klasse folgt der Zeichnung, so schnell die Parteien rechnen. Jedes Bild verbraucht eine Klassifizierung. Der Modellinhaber und die Parteien sehen, wann, und damit den Rhythmus Ihrer Hand.",
      ".only-you":
        "Niemand außer Ihnen kann das lesen. Der Modellinhaber und die Rechenparteien erfahren, dass es eine Anfrage gab.",
      "#links .callout": `Wissen Sie, wer die Rechenparteien sind: Ihr Bild kann ${those(threshold)} sehen, mehr können es. Wer ihren Link auf den meisten Plätzen geöffnet hat, auch der Modellinhaber, ist mehr.`,
      "#see > .note":
        "Hier gehen Anteile hindurch: Zahlen, von denen jede allein Rauschen ist und die nur geheim bleiben, solange sie nicht nebeneinanderliegen. Zu sehen sind daher nur Größen.",
    }),
    "model-owner": (_parties, threshold) => ({
      ".lead":
        "Die Gewichte verlassen diesen Tab in Anteilen, einem für jede Rechenpartei. Andere senden Anteile ihrer Bilder, und nur sie lesen die Klasse.",
      "#links .callout": `Wissen Sie, wer die Rechenparteien sind: Ihre Gewichte kann ${those(threshold)} berechnen, mehr können es. Ein Dateninhaber, der ihren Link auf den meisten Plätzen geöffnet hat, ist mehr.`,
      "#see > .note":
        "Kein Bild erreicht diesen Tab, und von den Gewichten verlassen ihn Anteile. Zu sehen sind daher nur Größen.",
    }),
  },
  cost: ({ rounds, online, offline, once }) =>
    `Jedes Bild braucht ${rounds} Runden und ${online} unter den Parteien, dazu ${offline} vorab; die Anteile der Gewichte sind einmalig ${once}.`,
  hidden: (kappa) =>
    `Was unterwegs geöffnet wird, ist maskiert: Es unterscheidet zwei Zahlen mit einer Wahrscheinlichkeit von höchstens 1 zu 2^${kappa}.`,
  details: ({ time, rounds, own, among }) =>
    `${time} online · ${rounds} Runden · ${own} hier, ${among} unter den Parteien`,
  parties: "Rechenparteien",
  count: (parties, threshold) => `${parties}, von denen ${threshold} zusammenarbeiten dürfen`,
  rounds: "Runden je Bild",
  amongParties: "Bytes je Bild unter den Parteien, online",
  atDataOwner: "Bytes je Bild beim Dateninhaber",
  beforehand: "Bytes je Bild unter den Parteien, vorab",
  weights: "Bytes einmalig, für die Anteile der Gewichte",
  hiding: "Eine Öffnung unterscheidet Zahlen mit einer Wahrscheinlichkeit von",
  chance: (kappa) => `höchstens 1 zu 2^${kappa}`,
  link: "Link für die Rechenparteien",
  linkNote: (parties) =>
    `Ein Link für alle: Er wird in ${parties} Browsern geöffnet, und wer zuerst kommt, bekommt einen Platz. Geht jemand, kann ihn jemand anderes öffnen. Schicken Sie ihn vertraulich.`,
  own: "In einem eigenen Tab mitrechnen",
  ownNote:
    "Er nimmt einen Platz ein. Wer die meisten Plätze hat, kann alles lesen; überlassen Sie die anderen also anderen.",
};

export const lobby = {
  title: "Plätze der Rechenparteien",
  seat: (number) => `Partei ${number}`,
  own: "dieser Tab",
  free: "frei",
  lost: "Leitung unterbrochen",
  here: { unverified: "da, nicht geprüft", verified: "da, geprüft", site: "da" },
  count: (here, all) => `${here} von ${all} sind da.`,
  freeSeat: "Platz freigeben",
  sure: (party) => ({
    title: `Den Platz von ${party} freigeben?`,
    text: "Wer darauf sitzt, verlässt den Raum und kann aus jenem Tab nicht zurückkommen. Der Link gilt weiter: Schicken Sie ihn jemand anderem. Ein Bild, das gerade berechnet wird, beginnt von vorn, wenn der Platz besetzt ist.",
    yes: "Platz freigeben",
    no: "Abbrechen",
  }),
};

export const party = {
  joining: "Beitritt läuft.",
  see: "Hier gehen Anteile von Bildern und Gewichten hindurch. Jeder allein ist Rauschen, zu sehen sind daher nur Größen.",
  rely: (parties, threshold) =>
    `${parties} Parteien rechnen, und ${those(threshold)} erfährt etwas von den Bildern oder den Gewichten. Wer also einen zweiten Platz einnimmt oder mit anderen von ihnen zusammenarbeitet, nimmt beiden Inhabern, worauf sie sich verlassen.`,
};
