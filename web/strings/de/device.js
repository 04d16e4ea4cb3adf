// What concerns the person's own browser, camera and files, in German.

import { number } from "../../format.js";

const BROWSERS = "Chrome oder Edge 91, Firefox 114, Safari 16.4 oder neuer";

export const worker = {
  noWasm: `Dieser Browser kann kein WebAssembly mit SIMD ausführen, und das Protokoll braucht es. Öffnen Sie die Seite in ${BROWSERS}.`,
  noModule: (reason) =>
    `Das Programm dieser Seite konnte nicht geladen werden (${reason}). Prüfen Sie die Verbindung und laden Sie die Seite neu.`,
  noWorker: `Das Programm dieser Seite ist nicht gestartet. Laden Sie die Seite neu. Hilft das nicht, öffnen Sie sie in ${BROWSERS}.`,
  stopped: (reason) =>
    `Das Programm dieser Seite ist abgebrochen (${reason}). Öffnen Sie die Einladung noch einmal.`,
  notStarted: "Noch ist nichts verbunden. Öffnen Sie zuerst eine Einladung.",
};

export const check = {
  checking: "Wird geprüft.",
  states: { good: "Gut", warning: "Ansehen", bad: "Fehler", optional: "Nicht nötig" },
  summary(bad, warnings) {
    if (bad > 0) return bad === 1 ? "Eine Prüfung schlägt fehl." : `${bad} Prüfungen schlagen fehl.`;
    if (warnings > 0) return "Alles Nötige ist da; eines sollten Sie ansehen.";
    return "Alles Nötige ist da.";
  },
  noRelay: (host) =>
    `Das Relay ${host} antwortet nicht. Prüfen Sie die Verbindung; hilft das nicht, fragen Sie den Betreiber des Relays.`,
  items: {
    wasm: {
      title: "WebAssembly",
      good: "Das Protokoll kann in diesem Tab laufen.",
      bad: `Das Protokoll kann in diesem Browser nicht laufen. Öffnen Sie die Seite in ${BROWSERS} und schalten Sie WebAssembly nicht ab.`,
    },
    simd: {
      title: "SIMD",
      good: "Der Browser kann mit vielen Zahlen zugleich rechnen.",
      bad: `Dem WebAssembly dieses Browsers fehlt SIMD. Öffnen Sie die Seite in ${BROWSERS}.`,
    },
    workers: {
      title: "Worker",
      good: "Das Protokoll läuft neben der Seite, sodass die Seite nie wartet.",
      bad: `Die Seite konnte keinen Worker starten. Laden Sie sie neu; hilft das nicht, öffnen Sie sie in ${BROWSERS}.`,
    },
    random: {
      title: "Sichere Zufallszahlen",
      good: "Der Browser liefert sie.",
      bad: "Der Browser liefert keine, und ohne sie lässt sich nichts maskieren. Nehmen Sie einen anderen Browser.",
    },
    relay: {
      title: "Relay",
      good: (host) => `${host} antwortet.`,
      bad: (reason) => reason,
    },
    helper: {
      title: "Eingebauter Helfer",
      good: "Das Relay hat einen. Ein Modellinhaber kann stattdessen jemand anderen einladen.",
      optional: "Das Relay hat keinen. Wer ein Modell bereitstellt, lädt einen Helfer ein.",
    },
    build: {
      title: "Build",
      good: (ours) => `Website und Relay haben beide den Build ${ours}.`,
      warning: (ours, theirs) =>
        `Die Website hat den Build ${ours || "unbekannt"}, das Relay den Build ${theirs || "unbekannt"}. Laden Sie die Seite neu; hilft das nicht, bitten Sie den Betreiber, den älteren zu erneuern.`,
    },
    storage: {
      title: "Speicher",
      good: "Eine neu geladene Seite findet ihre Einladung wieder, und ein Raum kann gemerkt werden.",
      optional:
        "Dieser Browser speichert nichts für diese Website. Eine neu geladene Seite braucht eine neue Einladung, und kein Raum wird gemerkt. Ein Fenster, das nicht privat ist, kann das vielleicht.",
    },
  },
};

export const camera = {
  title: "Ein Bild aufnehmen",
  how: "Halten Sie eine Ziffer auf weißem Papier vor die Kamera, sodass sie das Quadrat füllt. Nichts wird aufgezeichnet, und das Bild bleibt in diesem Tab.",
  view: "Was die Kamera sieht",
  take: "Aufnehmen",
  cancel: "Abbrechen",
  name: "Das Bild der Kamera",
  refused:
    "Der Browser lässt diese Seite nicht an die Kamera. Erlauben Sie es in den Einstellungen des Browsers für diese Website und versuchen Sie es noch einmal, oder laden Sie ein Bild.",
  none: "Keine Kamera gefunden. Schließen Sie eine an, oder laden Sie ein Bild.",
  inUse:
    "Die Kamera startet nicht: Vielleicht benutzt sie ein anderes Programm. Schließen Sie es und versuchen Sie es noch einmal, oder laden Sie ein Bild.",
  failed: "Die Kamera funktioniert hier nicht. Laden Sie stattdessen ein Bild.",
};

export const many = {
  preparing: (all) => `${number(all)} Bilder werden vorbereitet`,
  progress: (done, all) => `${number(done)} von ${number(all)} klassifiziert`,
  done: (all) => `${number(all)} Bilder sind klassifiziert.`,
  tooMany: (most) =>
    `Wählen Sie höchstens ${most} Bilder auf einmal. Für mehr gibt es das Programm blindsight classify.`,
  notAllowed: (left) =>
    `Der Modellinhaber erlaubt noch ${left} Klassifizierungen. Wählen Sie weniger Bilder, oder bitten Sie den Modellinhaber um mehr.`,
  notReady:
    "Mehrere Bilder lassen sich zusammen klassifizieren, sobald diese Seite bereit ist. Öffnen Sie zuerst eine Einladung.",
  leftOut: (name, why) => `${name} wird ausgelassen. ${why}`,
};

export const upload = {
  loaded: (name) => `${name} ist geladen.`,
  pasted: "Das eingefügte Bild",
  undecodable:
    "Diese Datei lässt sich nicht als Bild lesen. Wählen Sie eine Datei in PNG, JPEG, WebP, GIF oder BMP.",
  tooLarge: (megapixels) =>
    `Dieses Bild hat ${number(megapixels)} Megapixel, und mehr als 100 werden nicht angenommen. Verkleinern Sie es vorher.`,
  tooManyBytes: "Diese Datei hat über 100 MB. Verkleinern Sie das Bild vorher.",
};
