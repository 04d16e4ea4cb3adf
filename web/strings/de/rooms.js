// What the program in WebAssembly says of rooms, links and parties: from its English, as it stands in the
// sources, to German. `{who:dem}` is `who` in the dative, `{who:den}` in the accusative.

export const rooms = {
  // Who, and when.
  "data owner": "Dateninhaber",
  "model owner": "Modellinhaber",
  helper: "Helfer",
  "data owner {id}": "Dateninhaber {id}",
  "the model owner": "der Modellinhaber",
  "the helper": "der Helfer",
  "the relay": "das Relay",
  "member {}": "Mitglied {0}",
  "while agreeing on the plan": "beim Abstimmen des Plans",
  "while handing over the masked weights": "beim Übergeben der maskierten Gewichte",
  "while dealing bundles": "beim Austeilen der Bündel",
  "while classifying": "beim Klassifizieren",

  // Messages.
  offer: "Angebot",
  introduction: "Vorstellung",
  dismissal: "Verabschiedung",
  "masked weights": "maskierte Gewichte",
  "request for a bundle": "Bitte um ein Bündel",
  bundle: "Bündel",
  "masked products": "maskierte Produkte",
  "bundle is ready": "Bündel ist bereit",
  "masked value": "maskierter Wert",
  opening: "Öffnung",
  turn: "Runde",
  differences: "Differenzen",
  wins: "Siege",
  "class shares": "Anteile der Klasse",
  scores: "Bewertungen",
  "answer of the person": "Antwort des Menschen",
  abort: "Abbruch",

  // How things stand.
  "Connecting to the relay.": "Verbindung zum Relay wird aufgebaut.",
  "Waiting for the {role} to join.": "Warten, bis der {role} beitritt.",
  "Agreeing on the plan with the model owner and the helper.":
    "Der Plan wird mit dem Modellinhaber und dem Helfer abgestimmt.",
  "Receiving the masked weights of the network.":
    "Die maskierten Gewichte des Netzes werden empfangen.",
  "The helper deals the first bundles.": "Der Helfer teilt die ersten Bündel aus.",
  "Ready to classify.": "Bereit zum Klassifizieren.",
  "Classifying.": "Wird klassifiziert.",
  "Dealing.": "Bündel werden ausgeteilt.",
  "Waiting for data owners.": "Warten auf Dateninhaber.",
  "Waiting until the model owner allows it.":
    "Warten, bis der Modellinhaber es erlaubt.",
  "Nothing is prepared. Waiting for a helper to join.":
    "Nichts ist vorbereitet. Warten, bis ein Helfer beitritt.",
  "The helper is here. Guests may come.": "Der Helfer ist da. Gäste können kommen.",
  "The helper left. {ready} prepared classifications remain.":
    "Der Helfer ist gegangen. Vorbereitete Klassifizierungen: {ready}.",
  "The helper left. Prepared classifications remain; for more, a helper must join.":
    "Der Helfer ist gegangen. Was vorbereitet ist, bleibt; für mehr muss ein Helfer beitreten.",
  "{} is gone, {phase}: {reason}.": "{0} ist gegangen, {phase}: {reason}.",
  "Hosting stopped.": "Die Bereitstellung ist beendet.",
  "You left the room.": "Sie haben den Raum verlassen.",
  "The model owner stopped hosting. The room is over.":
    "Der Modellinhaber hat die Bereitstellung beendet. Den Raum gibt es nicht mehr.",

  // What a person should know.
  "Somebody tried to come in with an invitation that was used already, and was refused. If it was not one of you on another device, the link has reached somebody else.":
    "Jemand wollte mit einer Einladung herein, die schon benutzt ist, und wurde abgewiesen. War es niemand von Ihnen auf einem anderen Gerät, ist der Link in andere Hände geraten.",
  "Somebody answered in the place of {peer}, and was not believed. The relay may be faulty or hostile.":
    "Jemand hat sich als {peer} ausgegeben, und ihm wurde nicht geglaubt. Das Relay ist vielleicht fehlerhaft oder feindlich.",
  "The model owner did not allow it. Nothing was classified, and it does not count.":
    "Der Modellinhaber hat es nicht erlaubt. Nichts wurde klassifiziert, und es zählt nicht.",
  "This page has not loaded what a room of compute parties needs. Reload it, then open the link again.":
    "Diese Seite hat nicht geladen, was ein Raum von Rechenparteien braucht. Laden Sie sie neu und öffnen Sie den Link noch einmal.",
  "This room is over. Open a new invitation, then classify again.":
    "Diesen Raum gibt es nicht mehr. Öffnen Sie eine neue Einladung und klassifizieren Sie dann.",
  "{error}. Ask the model owner for more.": "{error}. Bitten Sie den Modellinhaber um mehr.",
  "{error}. Choose another picture.": "{error}. Wählen Sie ein anderes Bild.",
  "{who} stopped. Ask the model owner for a new invitation to go on.":
    "{who} hat aufgehört. Um weiterzumachen, bitten Sie den Modellinhaber um eine neue Einladung.",
  "{} stopped {phase}: {reason}.": "{0} hat {phase} abgebrochen: {reason}.",
  "Stopped {phase} with {peer}: {reason}.": "Abgebrochen {phase} mit {peer:dem}: {reason}.",
  "work with {peer} ended, {}: {}": "die Arbeit mit {peer:dem} endete {0}: {1}",
  "The link with {peer} broke: {error}.": "Die Verbindung mit {peer:dem} ist zerbrochen: {error}.",
  "The safety words with {peer} differ, so somebody may sit between the two of you. Start again with a new link, sent another way.":
    "Die Sicherheitswörter mit {peer:dem} sind verschieden, also sitzt vielleicht jemand zwischen Ihnen beiden. Beginnen Sie neu mit einem neuen Link, auf anderem Weg geschickt.",
  "the {by} refused: {refusal}.": "der {by} lehnt ab: {refusal}.",
  "The relay cannot be reached. Check your network and open the link again.":
    "Das Relay ist nicht erreichbar. Prüfen Sie Ihr Netzwerk und öffnen Sie den Link noch einmal.",
  "The relay closed the connection: {reason}. Open the link again.":
    "Das Relay hat die Verbindung geschlossen: {reason}. Öffnen Sie den Link noch einmal.",
  "The browser cannot connect to {url}.": "Der Browser kann sich nicht mit {url} verbinden.",
  "This link invites a {other}, not a {role}. Open it in a new tab.":
    "Dieser Link lädt einen {other} ein, keinen {role}. Öffnen Sie ihn in einem neuen Tab.",
  "What this browser remembers of the room cannot be read. Forget it.":
    "Was dieser Browser von dem Raum gemerkt hat, ist nicht lesbar. Lassen Sie ihn den Raum vergessen.",
  "This tab has started already. Reload it to start again.":
    "Dieser Tab ist schon gestartet. Laden Sie ihn neu, um neu zu beginnen.",
  "This tab is in no room. Open an invitation.":
    "Dieser Tab ist in keinem Raum. Öffnen Sie eine Einladung.",
  "This browser has no source of randomness. Use another.":
    "Dieser Browser hat keine Quelle für Zufallszahlen. Nehmen Sie einen anderen.",
  "This browser has no clock for workers. Use another.":
    "Dieser Browser hat keine Uhr für Worker. Nehmen Sie einen anderen.",
  "There is no role called {other}.": "Es gibt keine Rolle namens {other}.",
  "Only a data owner classifies pictures.": "Nur ein Dateninhaber klassifiziert Bilder.",
  "Only a model owner is asked.": "Nur ein Modellinhaber wird gefragt.",
  "Only a model owner frees seats.": "Nur ein Modellinhaber gibt Plätze frei.",
  "Only a model owner sends data owners away.": "Nur ein Modellinhaber schickt Dateninhaber fort.",

  // Why a party stops.
  "the programs do not fit together: one speaks version {theirs}, the other {ours}; update the older one":
    "die Programme passen nicht zusammen: Eines spricht Version {theirs}, das andere {ours}; erneuern Sie das ältere",
  "all classifications that the model owner allows were used; ask the model owner for more":
    "alle Klassifizierungen, die der Modellinhaber erlaubt, sind verbraucht; bitten Sie ihn um mehr",
  "the safety words differ, so somebody may sit between the two; start again with a new link, sent another way":
    "die Sicherheitswörter sind verschieden, also sitzt vielleicht jemand zwischen den beiden; beginnen Sie neu mit einem neuen Link, auf anderem Weg geschickt",
  "the encrypted link broke: something was altered, lost or out of order on its way":
    "die verschlüsselte Verbindung ist zerbrochen: Etwas wurde unterwegs verändert, ging verloren oder geriet durcheinander",
  "the model owner ended it; ask them for a new link":
    "der Modellinhaber hat es beendet; bitten Sie ihn um einen neuen Link",
  "the parties were given different plans; open the invitation again":
    "die Parteien haben verschiedene Pläne bekommen; öffnen Sie die Einladung noch einmal",
  "a message could not be read; check that all parties run the same version":
    "eine Nachricht war nicht lesbar; prüfen Sie, ob alle Parteien dieselbe Version haben",
  "a message came out of order; open the invitation again":
    "eine Nachricht kam außer der Reihe; öffnen Sie die Einladung noch einmal",
  "a message had the wrong length; check that all parties run the same version":
    "eine Nachricht hatte die falsche Länge; prüfen Sie, ob alle Parteien dieselbe Version haben",
  "a bundle was to be used twice, or was never dealt; open the invitation again":
    "ein Bündel sollte zweimal benutzt werden oder wurde nie ausgeteilt; öffnen Sie die Einladung noch einmal",
  "a limit was reached; wait a moment and try again":
    "eine Grenze ist erreicht; warten Sie einen Moment und versuchen Sie es noch einmal",
  "the shares do not add up to a result: a message was altered on its way":
    "die Anteile ergeben zusammen kein Ergebnis: Eine Nachricht wurde unterwegs verändert",
  "it was stopped there": "dort wurde aufgehört",
  "the program made a mistake; please report it":
    "das Programm hat einen Fehler gemacht; bitte melden Sie ihn",
  "no bundle is ready; wait until one is dealt":
    "kein Bündel ist bereit; warten Sie, bis eines ausgeteilt ist",
  "an image is being classified; wait for its result":
    "ein Bild wird gerade klassifiziert; warten Sie auf sein Ergebnis",
  "all classifications that the model owner allows were used":
    "alle Klassifizierungen, die der Modellinhaber erlaubt, sind verbraucht",
  "the parties wait for each other; this is an error of the program":
    "die Parteien warten aufeinander; das ist ein Fehler des Programms",
  "measured were {} bytes online, {} bytes offline and {} round trips, but the plan declares {}, {} and {}; this is an error of the program":
    "gemessen wurden {0} Bytes online, {1} Bytes vorab und {2} Umläufe, aber der Plan nennt {3}, {4} und {5}; das ist ein Fehler des Programms",

  // Why a party does not let somebody in.
  "the programs do not fit together: one speaks version {theirs}, the other {ours}; reload the page or update the older one":
    "die Programme passen nicht zusammen: Eines spricht Version {theirs}, das andere {ours}; laden Sie die Seite neu oder erneuern Sie das ältere",
  "the two sides run different builds of the program; reload both pages, or update both programs to the same release":
    "die beiden Seiten haben verschiedene Builds des Programms; laden Sie beide Seiten neu, oder bringen Sie beide Programme auf denselben Stand",
  "the invitation is not valid here; ask the model owner for a new link":
    "die Einladung gilt hier nicht; bitten Sie den Modellinhaber um einen neuen Link",
  "the invitation was used by somebody else already; ask the model owner for a new link, and tell them if you did not expect this":
    "die Einladung hat schon jemand anderes benutzt; bitten Sie den Modellinhaber um einen neuen Link, und sagen Sie ihm, falls Sie das nicht erwartet haben",
  "as many are being served as possible; wait until somebody leaves, then try again":
    "mehr können nicht bedient werden; warten Sie, bis jemand geht, und versuchen Sie es noch einmal",

  // Why the relay refuses.
  "the relay refused: {0}": "das Relay lehnt ab: {0}",
  "this member speaks version {theirs} of the relay's protocol and the relay speaks version {ours}; reload the page from the relay, or run the same release on both sides":
    "dieses Mitglied spricht Version {theirs} des Protokolls zum Relay und das Relay Version {ours}; laden Sie die Seite neu vom Relay, oder bringen Sie beide auf denselben Stand",
  "the room does not exist on this relay; ask the model owner to keep their page open and to send a new link":
    "den Raum gibt es auf diesem Relay nicht; bitten Sie den Modellinhaber, seine Seite offen zu lassen und einen neuen Link zu schicken",
  "the room already has a {0}, and a room has only one; join another room":
    "der Raum hat schon einen {0}, und ein Raum hat nur einen; treten Sie einem anderen bei",
  "the room is full; wait until somebody leaves, or ask for a room of your own":
    "der Raum ist voll; warten Sie, bis jemand geht, oder bitten Sie um einen eigenen",
  "the relay is full; try again later, or run a relay of your own":
    "das Relay ist voll; versuchen Sie es später noch einmal, oder betreiben Sie ein eigenes",
  "this relay has no built-in helper; send somebody the helper's link, or use a relay that was started with a helper":
    "dieses Relay hat keinen eingebauten Helfer; schicken Sie jemandem den Link für den Helfer, oder nehmen Sie ein Relay, das mit einem Helfer gestartet ist",
  "every built-in helper of this relay is at work; try again later, or send somebody the helper's link":
    "alle eingebauten Helfer dieses Relays sind beschäftigt; versuchen Sie es später noch einmal, oder schicken Sie jemandem den Link für den Helfer",
  "only the model owner may ask for the built-in helper; ask the model owner to do so":
    "nur der Modellinhaber darf den eingebauten Helfer rufen; bitten Sie ihn darum",
  "this connection has not joined a room; connect again and send a join frame first":
    "diese Verbindung ist keinem Raum beigetreten; verbinden Sie sich neu und senden Sie zuerst einen Frame zum Beitreten",
  "this connection is already in a room; open another connection to join another room":
    "diese Verbindung ist schon in einem Raum; öffnen Sie für einen anderen Raum eine andere",
  "{0} is not in the room, so the message was dropped; wait for them to join again":
    "{0} ist nicht im Raum, und die Nachricht wurde verworfen; warten Sie, bis es wieder beitritt",
  "the relay could not read a frame; reload the page from the relay and join again":
    "das Relay konnte einen Frame nicht lesen; laden Sie die Seite neu vom Relay und treten Sie noch einmal bei",
  "a frame was longer than the {limit} bytes this relay accepts; send smaller pieces":
    "ein Frame war länger als die {limit} Bytes, die dieses Relay annimmt; senden Sie kleinere Stücke",
  "this connection reads too slowly; close other transfers and join again":
    "diese Verbindung liest zu langsam; schließen Sie andere Übertragungen und treten Sie noch einmal bei",
  "the relay is shutting down; join again when it is back":
    "das Relay wird beendet; treten Sie wieder bei, wenn es zurück ist",
  "everybody else has left the room, so it was closed; open a new one to go on":
    "alle anderen haben den Raum verlassen, daher wurde er geschlossen; öffnen Sie einen neuen, um weiterzumachen",
  "this room is somebody else's; open a room of your own":
    "dieser Raum gehört jemand anderem; öffnen Sie einen eigenen",
  "this place was taken up from another page or connection; go on there":
    "diesen Platz hat eine andere Seite oder Verbindung übernommen; machen Sie dort weiter",
  "the model owner removed you from the room; ask them for a new link":
    "der Modellinhaber hat Sie aus dem Raum entfernt; bitten Sie ihn um einen neuen Link",
  "this connection sends more than the relay allows; send less at a time and join again":
    "diese Verbindung sendet mehr, als das Relay erlaubt; senden Sie weniger auf einmal und treten Sie noch einmal bei",
  "the relays lost touch with each other; join again in a moment":
    "die Relays haben einander verloren; treten Sie gleich noch einmal bei",
  "nothing was heard from this connection for too long; join again":
    "von dieser Verbindung war zu lange nichts zu hören; treten Sie noch einmal bei",

  // Links and invitations.
  "the link does not say how many compute parties there are; copy the whole link, up to the last character":
    "der Link sagt nicht, wie viele Rechenparteien es gibt; kopieren Sie den ganzen Link, bis zum letzten Zeichen",
  "a room is 26 letters and digits from a to z and 2 to 7; copy it again in full":
    "ein Raum besteht aus 26 Buchstaben und Ziffern von a bis z und 2 bis 7; kopieren Sie ihn noch einmal ganz",
  "a role is data-owner, model-owner or helper; choose one of these":
    "eine Rolle ist data-owner, model-owner oder helper; wählen Sie eine davon",
  "the link is longer than {MAX_LINK_BYTES} characters; copy only the link":
    "der Link ist länger als {MAX_LINK_BYTES} Zeichen; kopieren Sie nur den Link",
  "this is not a link; copy the whole link, from http to its last character":
    "das ist kein Link; kopieren Sie den ganzen Link, von http bis zum letzten Zeichen",
  "a link starts with http://, https://, ws:// or wss://; copy the whole link":
    "ein Link beginnt mit http://, https://, ws:// oder wss://; kopieren Sie den ganzen Link",
  "the link does not name a relay; write it as http://HOST:PORT":
    "der Link nennt kein Relay; schreiben Sie ihn als http://HOST:PORT",
  "the address of a relay ends after the port; write it as http://HOST:PORT":
    "die Adresse eines Relays endet nach dem Port; schreiben Sie sie als http://HOST:PORT",
  "the link does not open the page of its role; copy the link shown under “invite”":
    "der Link öffnet nicht die Seite seiner Rolle; kopieren Sie den Link, den die Seite des Modellinhabers zeigt",
  "the link does not say which room; copy the whole link":
    "der Link nennt keinen Raum; kopieren Sie den ganzen Link",
  "the room in the link is damaged; copy the whole link again":
    "der Raum im Link ist beschädigt; kopieren Sie den ganzen Link noch einmal",
  "a part of the link stands there twice; copy the link again":
    "ein Teil des Links steht doppelt da; kopieren Sie den Link noch einmal",
  "a model owner is not invited but opens a room; invite a data owner or a helper":
    "ein Modellinhaber wird nicht eingeladen, sondern öffnet einen Raum; laden Sie einen Dateninhaber oder einen Helfer ein",
  "the part after # is missing; copy the whole link":
    "der Teil hinter # fehlt; kopieren Sie den ganzen Link",
  "the part after # is damaged; copy the whole link again":
    "der Teil hinter # ist beschädigt; kopieren Sie den ganzen Link noch einmal",

  // What happens to an encrypted link.
  "something was altered on its way; the relay is faulty or hostile, use another one":
    "etwas wurde unterwegs verändert; das Relay ist fehlerhaft oder feindlich, nehmen Sie ein anderes",
  "something was lost or came out of order; the relay is faulty or hostile, use another one":
    "etwas ging verloren oder kam durcheinander; das Relay ist fehlerhaft oder feindlich, nehmen Sie ein anderes",
  "something unreadable was sent; check that all parties run the same release":
    "etwas Unlesbares wurde gesendet; prüfen Sie, ob alle Parteien denselben Stand haben",
  "a message was longer than it may be; check that all parties run the same release":
    "eine Nachricht war länger, als sie sein darf; prüfen Sie, ob alle Parteien denselben Stand haben",
  "a report named what was never sent; check that all parties run the same release":
    "eine Empfangsmeldung nannte, was nie gesendet wurde; prüfen Sie, ob alle Parteien denselben Stand haben",
  "more than {} MiB wait for the other side to take them; it is too slow or was away too long":
    "mehr als {0} MiB warten darauf, dass die andere Seite sie nimmt; sie ist zu langsam oder war zu lange fort",

  // What happens between a tab and the relay.
  "at most {MAX_MEMBERS} members": "höchstens {MAX_MEMBERS} Mitglieder",
  "before the welcome": "vor dem Willkommen",
  "after the welcome": "nach dem Willkommen",
  "the relay sent something unreadable: {0}": "das Relay hat etwas Unlesbares gesendet: {0}",
  "the relay sent a {frame} frame {when}; the relay is faulty, use another one":
    "das Relay hat {when} einen Frame {frame} gesendet; es ist fehlerhaft, nehmen Sie ein anderes",
  "the relay spoke of {0}, who is not in the room; the relay is faulty, use another one":
    "das Relay sprach von {0}, das nicht im Raum ist; es ist fehlerhaft, nehmen Sie ein anderes",
  "the relay forwarded a message from {0}, who is not in the room; the relay is faulty, use another one":
    "das Relay hat eine Nachricht von {0} weitergeleitet, das nicht im Raum ist; es ist fehlerhaft, nehmen Sie ein anderes",
  "the relay gave out {0} twice or out of order; the relay is faulty, use another one":
    "das Relay hat {0} doppelt oder außer der Reihe vergeben; es ist fehlerhaft, nehmen Sie ein anderes",
  "the relay let in a second {0}; the relay is faulty, use another one":
    "das Relay hat einen zweiten {0} eingelassen; es ist fehlerhaft, nehmen Sie ein anderes",
  "the relay let in more than {MAX_MEMBERS} members; the relay is faulty, use another one":
    "das Relay hat mehr als {MAX_MEMBERS} Mitglieder eingelassen; es ist fehlerhaft, nehmen Sie ein anderes",
  "{0} is not in the room, so nothing can be sent to them; wait for them to join again":
    "{0} ist nicht im Raum, daher lässt sich dorthin nichts senden; warten Sie, bis es wieder beitritt",
  "a member cannot send to itself; send to another member of the room":
    "ein Mitglied kann nicht an sich selbst senden; senden Sie an ein anderes im Raum",
  "a message of {len} bytes is longer than {MAX_PAYLOAD_BYTES}; send it in pieces":
    "eine Nachricht von {len} Bytes ist länger als {MAX_PAYLOAD_BYTES}; senden Sie sie in Stücken",
  "the room already has a helper; go on with that one":
    "der Raum hat schon einen Helfer; machen Sie mit ihm weiter",
  "{0} is not in the room and cannot send or receive; join again first":
    "{0} ist nicht im Raum und kann weder senden noch empfangen; treten Sie zuerst wieder bei",
  "a frame of {len} bytes is longer than {MAX_FRAME_BYTES}; send smaller pieces":
    "ein Frame von {len} Bytes ist länger als {MAX_FRAME_BYTES}; senden Sie kleinere Stücke",
  "the bytes are not a frame; run the same release on both sides":
    "die Bytes sind kein Frame; bringen Sie beide Seiten auf denselben Stand",
  "{len} bytes are left over behind a frame; run the same release on both sides":
    "{len} Bytes sind hinter einem Frame übrig; bringen Sie beide Seiten auf denselben Stand",
};
