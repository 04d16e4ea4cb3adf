// Every sentence that a script puts on a page, in German: the same names as in en.js.
//
// Readers are addressed as „Sie“. There is one word for each thing:
//
//   data owner, model owner   der Dateninhaber, der Modellinhaber (the party, whoever the person)
//   helper, relay, guest      der Helfer, das Relay, der Gast
//   host a model, hosting     ein Modell bereitstellen, die Bereitstellung
//   room, invitation          der Raum, die Einladung
//   link (address)            der Link
//   link (encrypted)          die Verbindung
//   safety words              die Sicherheitswörter
//   class, classification     die Klasse, die Klassifizierung
//   weights, layer, step      die Gewichte, die Schicht, der Schritt
//   plan, ring                der Plan, der Ring
//   mask, share, opening      die Maske, der Anteil, die Öffnung
//   compute party, seat       die Rechenpartei, der Platz
//   deal, bundle              austeilen, das Bündel
//   round trip                der Umlauf
//   query, budget             die Anfrage, das Kontingent
//   online, prepared ahead    online, vorab

import { percent } from "../format.js";
import { files } from "./de/files.js";
import { capital, dem, den, germanReader } from "./de/grammar.js";
import { bundled, models } from "./de/models.js";
import { pages } from "./de/pages.js";
import { rooms } from "./de/rooms.js";

export * from "./de/device.js";

/** From the English of the pages, of the program in WebAssembly and of the models to German. */
export const catalogue = { pages, program: { ...rooms, ...models, ...files }, bundled };

const read = germanReader({ ...catalogue.program, ...bundled });

/** A sentence of that program in German, or undefined. */
export const sentence = read;

const term = (name) => read(name) ?? name;

export const language = {
  choose: "Sprache",
  sure: {
    title: "Sprache wechseln?",
    text: "Dazu wird die Seite neu geladen und verlässt ihren Raum.",
    yes: "Wechseln",
    no: "Hier bleiben",
  },
};

export const site = {
  unknownBuild: "unbekannt",
  unreachable:
    "Die Website antwortet nicht, daher ist ihr Relay unbekannt. Prüfen Sie die Verbindung und laden Sie die Seite neu.",
  badConfig:
    "Die Website sagt nicht, wo ihr Relay ist: Ihre config.json ist nicht lesbar. Sagen Sie es dem Betreiber der Website.",
  mixed:
    "Diese Seite und ihr Programm stammen aus verschiedenen Builds. Laden Sie die Seite neu; kommt diese Meldung wieder, sagen Sie es dem Betreiber der Website.",
};

export const notices = {
  progress: (done, total) => `${done} von ${total}`,
  waiting: (who, time) => `Warten auf ${den(who)}, seit ${time}.`,
  awaited: (who) => `Warten auf ${den(who)}.`,
  close: "Schließen",
  kind: { warning: "Achtung:", note: "Hinweis:" },
};

export const invitation = {
  unreadable:
    "Das ist keine Einladung. Fügen Sie den ganzen Link ein, von http bis zum letzten Zeichen.",
  awaited: "Die Einladung kommt von selbst, vom Modellinhaber.",
  incomplete:
    "Der Link ist abgeschnitten: Hinter # fehlt ein Teil. Kopieren Sie den ganzen Link und fügen Sie ihn noch einmal ein.",
  otherRole: {
    "data-owner": "Dieser Link lädt einen Dateninhaber ein.",
    helper: "Dieser Link lädt einen Helfer ein.",
    "compute-party": "Dieser Link lädt eine Rechenpartei ein.",
  },
  openThere: {
    "data-owner": "Öffnen Sie ihn auf der Seite für Dateninhaber.",
    helper: "Öffnen Sie ihn auf der Seite für Helfer.",
    "compute-party": "Öffnen Sie ihn auf der Seite für Rechenparteien.",
  },
  joinedAnew: {
    "data-owner":
      "Die Seite wurde neu geladen und tritt daher mit derselben Einladung wieder bei. Was vorbereitet war, ist fort und wird neu vorbereitet.",
    helper:
      "Die Seite wurde neu geladen und tritt daher mit derselben Einladung wieder bei. Was schon ausgeteilt ist, gilt weiterhin.",
    "compute-party":
      "Die Seite wurde neu geladen und tritt daher mit derselben Einladung wieder bei.",
  },
};

const ROLE_NAMES = {
  "data-owner": "Dateninhaber",
  "model-owner": "Modellinhaber",
  helper: "Helfer",
  "compute-party": "Rechenpartei",
};

// Of those there are several of, the number.
const numberOf = ({ peer }) => peer.match(/\d+$/)?.[0] ?? "";

function roleName(link) {
  return `${ROLE_NAMES[link.role]} ${numberOf(link)}`.trim();
}

// As it stands within a sentence.
function who(link) {
  return numberOf(link) ? roleName(link) : `der ${roleName(link)}`;
}

export const links = {
  name: roleName,
  words: "Sicherheitswörter",
  digits: "Als Ziffern",
  show: "Sicherheitswörter zeigen",
  match: "Sie sind gleich",
  noMatch: "Sie sind verschieden",
  trust: {
    unverified: "Nicht geprüft",
    verified: "Geprüft",
    site: "Vom Betreiber gestellt",
  },
  online: "Verbunden",
  offline: "Die Leitung ist unterbrochen. Ist sie wieder da, geht es weiter.",
  how(link, own) {
    const compare = `Lesen Sie einander diese Wörter am Telefon vor, oder auf einem anderen Weg als über diese Seite: ${capital(who(link))} muss dieselben vier in derselben Reihenfolge sehen.`;
    const named = "Sprechen Sie mit dem Helfer selbst: Der Modellinhaber hat ihn nur benannt.";
    return own === "data-owner" && link.role === "helper" ? `${compare} ${named}` : compare;
  },
  explain(link, own) {
    if (link.trust === "verified") {
      return "Sie haben die Wörter verglichen: Niemand sitzt zwischen Ihnen beiden.";
    }
    const other = own === "data-owner" ? "Modellinhaber" : "Dateninhaber";
    return `Hier gibt es niemanden zum Vergleichen: Das Relay selbst nennt den Schlüssel dieses Helfers. Sie verlassen sich darauf, dass der Betreiber dieser Website nicht mit dem ${other} zusammenarbeitet.`;
  },
  differ: (link) => ({
    title: "Sind die Wörter wirklich verschieden?",
    text: `Dann sitzt vielleicht jemand zwischen Ihnen und ${dem(who(link))}. Die Verbindung endet sofort und für immer.`,
    yes: "Verschieden: Verbindung beenden",
    no: "Noch einmal vergleichen",
  }),
  announced: (link) => `Verbindung mit ${dem(who(link))}: ${links.trust[link.trust]}.`,
  announcedLine: (link) =>
    `Verbindung mit ${dem(who(link))}: ${link.online ? "wieder da" : "Leitung unterbrochen"}.`,
  announcedEnd: (link) => `Die Verbindung mit ${dem(who(link))} ist beendet.`,
  summary(all) {
    const list = new Intl.ListFormat("de");
    const named = (trust) => all.filter((link) => link.trust === trust).map(who);
    const part = (trust, sentence) => (named(trust).length > 0 ? [sentence(named(trust))] : []);
    return [
      ...part("unverified", (names) => `Nicht geprüft: ${list.format(names)}.`),
      ...part("verified", (names) => `Geprüft: ${list.format(names)}.`),
      ...part("site", () => "Den Helfer stellt der Betreiber dieser Website."),
    ].join(" ");
  },
};

export const copy = {
  copy: "Kopieren",
  copied: "Kopiert",
  byHand: "Strg+C drücken",
  announced: (what) => `${what} kopiert.`,
  code: (what) => `${what} als QR-Code`,
};

export const draw = {
  joining: "Beitritt läuft.",
  notJoined: "Zeichnen Sie, was Sie mögen. Zum Klassifizieren öffnen Sie eine Einladung.",
  blank: "Das Bild ist leer. Zeichnen Sie zuerst eine Ziffer.",
  classifying: "Wird klassifiziert.",
  unprepared: "Warten, bis eine Klassifizierung vorbereitet ist.",
  ready: "Bereit zum Klassifizieren.",
  currentClass: "Klasse",
  earlierClass: "Klasse der Zeichnung von vorhin",
  result: (label) => `Das Bild ist klassifiziert: ${label}.`,
  ranking: (labels) => `Danach: ${labels.join(", ")}`,
  details: ({ time, trips, bytes }) => `${time} online · ${trips} · ${bytes}`,
  trips: (count) => (count === 1 ? "1 Umlauf" : `${count} Umläufe`),
  pool: (ready, target) => `${ready} von ${target} Klassifizierungen vorbereitet`,
  budget: (left, allowed) => `${left} von ${allowed} Klassifizierungen übrig`,
  otherSize: (width, height) =>
    `Dieses Modell nimmt Bilder von ${width} × ${height} Pixeln, und diese Seite macht 28 × 28. Bitten Sie um ein Modell für die Größe von MNIST.`,
  pen(down, erasing) {
    return `${erasing ? "Radierer" : "Stift"} ${down ? "aufgesetzt" : "abgehoben"}.`;
  },
  tool: (erasing) => (erasing ? "Radierer." : "Stift."),
  cell: (column, row, ink) => `Spalte ${column}, Zeile ${row}: ${ink ? "Tinte" : "leer"}.`,
  cellSet: (column, row, ink) =>
    `Spalte ${column}, Zeile ${row} ${ink ? "hat Tinte" : "ist ausradiert"}.`,
  cleared: "Gelöscht.",
  undone: "Zurückgenommen.",
  sample: (digit, hand) => `Beispiel: ${digit}${hand === 0 ? "" : ", wie in der Schule"}`,
  shown: (name) => `${name} ist auf der Zeichenfläche.`,
  forgotten: "Die Ergebnisse sind vergessen.",
  previewBlank: "Noch ist nichts gezeichnet.",
  preview: (inked, left, top, right, bottom) =>
    `Das Bild, wie es geteilt wird, 28 mal 28 Pixel: ${inked} Pixel haben Tinte, von Spalte ${left} bis ${right} und von Zeile ${top} bis ${bottom}.`,
};

export const live = {
  on: "Live: Die Klasse folgt der Zeichnung.",
  left: (count) => `${count} übrig.`,
  follows: "Folgt der Zeichnung.",
  blank: "Wartet auf eine Zeichnung.",
  waiting: "Wartet: Gerade ist nichts vorbereitet.",
  usedUp: "Live ist aus: Alle Klassifizierungen sind verbraucht.",
  lost: "Live ist aus: Die Leitung zu den anderen ist unterbrochen. Schalten Sie es wieder ein, wenn sie da ist.",
  notReady:
    "Live ist aus: Die Seite muss auf die anderen warten. Schalten Sie es wieder ein, wenn sie bereit ist.",
  failed: "Live ist aus: Das letzte Bild konnte nicht klassifiziert werden.",
};

export const host = {
  noModels:
    "Die Liste der mitgelieferten Modelle konnte nicht geladen werden. Laden Sie die Seite neu, oder wählen Sie eine eigene ONNX-Datei.",
  choose: "Wählen Sie zuerst ein Modell.",
  loading: "Das Modell wird geladen.",
  noModel: (name) =>
    `Das Modell ${term(name)} konnte nicht geladen werden. Prüfen Sie die Verbindung und starten Sie noch einmal.`,
  notOnnx: "Das ist keine ONNX-Datei. Wählen Sie eine Datei, die auf .onnx endet.",
  severalModels:
    "Das sind mehrere ONNX-Dateien. Wählen Sie eine, und dazu die Datei mit ihren Gewichten, falls es eine gibt.",
  tooManyBytes: "Das Modell hat über 256 MB. Wählen Sie ein kleineres.",
  bundled: (title, name, accuracy) => `${term(title)}: ${name}, ${percent(accuracy, 1)} richtig`,
  chosen: ({ accuracy, architecture }) =>
    `${percent(accuracy, 2)} seiner Testbilder richtig. Schichten: ${architecture.split(", ").map(term).join(", ")}.`,
  inspecting: "Das Modell wird angesehen.",
  cost: ({ trips, online, offline, once }) =>
    `Jedes Bild braucht ${trips}, ${online} online und ${offline} vorab; jeder Dateninhaber bekommt einmal ${once} des maskierten Modells.`,
  time: (computing, trips) =>
    `Das Rechnen dauert ${computing} in diesem Browser, alle Rollen zusammen; dazu kommt die Zeit für ${trips} auf der Leitung.`,
  size: ({ input, classes, parameters }) =>
    `Bilder von ${input}, ${classes} Klassen, ${parameters} Parameter.`,
  fileChosen: (names, size) => `${names.join(" und ")}, ${size}`,
  starting: "Verbindung zum Relay wird aufgebaut.",
  stopped: "Die Bereitstellung ist beendet. Die Einladungen gelten nicht mehr.",
  stoppedRemembered:
    "Die Bereitstellung ist beendet. Die Einladungen gelten wieder, wenn Sie sie fortsetzen.",
  badUses:
    "Geben Sie an, für wie viele Dateninhaber der Link gilt: eine ganze Zahl von 1 bis 1.000.",
  badBudget:
    "Geben Sie an, wie viele Klassifizierungen jeder Dateninhaber bekommt: von 1 bis 1.000.000.",
  dataOwnerNote: (uses) => {
    if (uses === null) return "Wer ihn in die Hände bekommt, kann Bilder klassifizieren lassen.";
    const people =
      uses === 1
        ? "den ersten Dateninhaber, der ihn öffnet"
        : `die ersten ${uses} Dateninhaber, die ihn öffnen`;
    return `Er gilt für ${people}. Schicken Sie ihn vertraulich.`;
  },
  remembered: (title, time) =>
    `${term(title)}, zuletzt bereitgestellt am ${time}. Die Einladungen gelten wieder, wenn Sie die Bereitstellung fortsetzen.`,
  hostedElsewhere:
    "Ein anderer Tab dieses Browsers stellt den gemerkten Raum bereit. Beenden Sie es zuerst dort, oder starten Sie einen, der nicht gemerkt wird.",
  notRemembered: (reason) =>
    `Dieser Browser kann sich den Raum nicht merken (${reason}). Die Bereitstellung läuft weiter und endet mit diesem Tab.`,
  notForgotten: (reason) =>
    `Der Raum konnte nicht vergessen werden (${reason}). Löschen Sie die Daten dieser Website in den Einstellungen des Browsers.`,
  forget: {
    title: "Den Raum vergessen?",
    text: "Dieser Browser löscht seine Kopie der Modelldatei und die Geheimnisse des Raums. Ohne sie gelten die Einladungen nicht mehr, sobald dieser Tab geschlossen wird, und zwar für immer.",
    yes: "Vergessen",
    no: "Behalten",
  },
  forgotten: "Der Raum ist vergessen.",
  guest: {
    waiting: "Wartet auf andere",
    agreeing: "Stimmt den Plan ab",
    ready: "Bereit",
    asking: (pictures) => (pictures > 1 ? `Fragt ${pictures} an` : "Fragt an"),
    lost: "Leitung unterbrochen",
    left: "Gegangen",
  },
  verified: { unverified: "Nein", verified: "Ja", none: "–" },
  used: (classified, allowed) => `${classified} von ${allowed}`,
  asks: (id, pictures) =>
    pictures > 1
      ? `Gast ${id} möchte ${pictures} Bilder klassifizieren lassen.`
      : `Gast ${id} möchte ein Bild klassifizieren lassen.`,
  allow: "Erlauben",
  allowGuest: (id) => `Gast ${id} erlauben, was er anfragt`,
  deny: "Ablehnen",
  denyGuest: (id) => `Gast ${id} ablehnen, was er anfragt`,
  remove: "Entfernen",
  removeGuest: (id) => `Gast ${id} entfernen`,
  sure: (id) => ({
    title: `Gast ${id} entfernen?`,
    text: "Seine Verbindung endet sofort.",
    yes: "Entfernen",
    no: "Bleiben lassen",
  }),
  dataOwnerLink: "Link für den Dateninhaber",
  helperLink: "Link für den Helfer",
};

export const help = {
  joining: "Beitritt läuft.",
  rate: (bytes) => `${bytes}/s`,
  idle: (pictures) =>
    `Alles, was verlangt wurde, ist ausgeteilt. Sie können diesen Tab jetzt schließen: Jeder Dateninhaber hat bis zu ${pictures} Bilder vorbereitet. Für mehr muss ein Helfer da sein.`,
};

export const home = {
  starting: "Drei Parteien starten in diesem Tab, jede in einem eigenen Worker.",
  playing: "Das war ein echter Lauf. Hier sind seine Nachrichten, viel langsamer.",
  stop: "Anhalten",
  stopped: "Angehalten.",
  again: "Noch einen echten Lauf zeigen",
  noNetwork:
    "Das Netz konnte nicht geladen werden. Prüfen Sie die Verbindung und versuchen Sie es noch einmal.",
  message({ from, to, what, step }, size) {
    const when = step === undefined ? "" : `, Schritt ${step + 1}`;
    return `${ROLE_NAMES[from]} an ${ROLE_NAMES[to]}: ${term(what)}${when}, ${size}`;
  },
  ran: ({ digit, label, time, bytes }) =>
    `Eine ${digit} aus den Beispielen wurde als ${label} klassifiziert, in ${time} und mit ${bytes} zwischen den Inhabern. Nur der Dateninhaber hat die Klasse erfahren.`,
};

export const tryout = {
  starting: "Der Modellinhaber startet.",
  invited: "Beide sind eingeladen. Zeichnen Sie eine Ziffer und drücken Sie Klassifizieren.",
  problem:
    "Der Modellinhaber hat aufgehört, und sein Rahmen sagt, warum. Ist das behoben, starten Sie neu.",
  closed: "Alle drei sind geschlossen, und was sie hielten, ist fort.",
  gone: "Geschlossen.",
  frames: {
    "data-owner": "Die Seite des Dateninhabers",
    "model-owner": "Die Seite des Modellinhabers",
    helper: "Die Seite des Helfers",
  },
};

export const plan = {
  picture: (shape) => `Bild von ${shape}`,
  step: (step, kind) => `Schritt ${step}: ${term(kind)}`,
  shape: (shape) => `ergibt ${shape}`,
  weights: (count) => `${count} Gewichte`,
  ring: (bits) => `Ring von ${bits} Bit`,
  field: (bits) => `Körper von ${bits} Bit`,
  term,
  compared: (bits) => `vergleicht ${bits} Bit`,
  layer: (number) => `${number}`,
  size: (inputs, outputs) => `${inputs} → ${outputs}`,
  bits: (ring) => (typeof ring === "number" ? `${ring} Bit` : String(ring)),
  none: "–",
  roundTrips: "Umläufe je Bild",
  onlineBytes: "Bytes je Bild, online",
  offlineBytes: "Bytes je Bild, vorab",
  hostingBytes: "Bytes einmalig, für das maskierte Modell",
  hash: "Fingerabdruck des Plans",
};

export const see = {
  intro: {
    "data-owner":
      "Solange dies offen ist, zeigt jedes Bild, was diesen Tab zum Modellinhaber verließ und was zurückkam. Alles davon ist maskiert: Ein Pixel unten ist das höchste Byte einer Zahl.",
    "model-owner":
      "Solange dies offen ist, zeigt jede Klassifizierung, was vom Dateninhaber kam und was dieser Tab gesendet hat. Alles davon ist maskiert: Ein Pixel unten ist das höchste Byte einer Zahl.",
    helper:
      "Kein Bild und keine Gewichte erreichen diesen Tab. Zu sehen ist daher nur, wie groß ist, was hindurchgeht.",
  },
  own: "Ihr Bild: bleibt hier",
  mask: "Ihr Anteil: bleibt hier",
  maskNote:
    "Die Zufallszahlen, die zu den Pixeln addiert wurden. Beide zusammen ergeben das Bild; jedes allein ist Rauschen.",
  what: ({ what, sent, step, turn }) => {
    const when = step === undefined ? "" : `, Schritt ${step + 1}`;
    const again = turn > 0 ? `, Runde ${turn + 1}` : "";
    return `${sent ? "Gesendet" : "Empfangen"}: ${term(what)}${when}${again}`;
  },
  words: (count, bits, size) => `${count} Zahlen von ${bits} Bit, ${size}`,
  relay: "Was das Relay sah",
  relayNote:
    "Frames zwischen diesem Tab und dem Relay: ihre Größe und Zeit. Ihr Inhalt ist verschlüsselt.",
  totals: (frames, size) => `${frames} Frames, ${size}, seit dies geöffnet wurde.`,
  time: "Zeit",
  direction: "Richtung",
  size: "Größe",
  out: "Zum Relay",
  in: "Vom Relay",
  tamperTitle: "Jemand auf der Leitung",
  tamperNote:
    "Ein Bit der nächsten Nachricht ändert sich unterwegs, als säße jemand auf der Leitung. Das andere Ende bemerkt es und beendet die Verbindung: Über sie wird nichts mehr klassifiziert.",
  tamper: "Nächste Nachricht verändern",
  sureTamper: {
    title: "Die nächste Nachricht verändern?",
    text: "Das andere Ende wird die Verbindung beenden. Um weiterzumachen, brauchen Sie eine neue Einladung.",
    yes: "Verändern",
    no: "In Ruhe lassen",
  },
};
