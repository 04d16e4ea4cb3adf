// What stands in the HTML, from its English to German. translate-page.js says what the numbers mean, and
// de.js which word is used for which thing.

export const pages = {
  // On every page.
  Blindsight: "Blindsight",
  "<1/> Blindsight": "<1/> Blindsight",
  "To the content": "Zum Inhalt",
  Pages: "Seiten",
  Host: "Bereitstellen",
  Draw: "Zeichnen",
  Help: "Helfen",
  "Data owner": "Dateninhaber",
  "Model owner": "Modellinhaber",
  Helper: "Helfer",
  Relay: "Relay",
  "<1/>Data owner": "<1/>Daten\u00adinhaber",
  "<1/>Model owner": "<1/>Modell\u00adinhaber",
  "<1/>Helper": "<1/>Helfer",
  "<1/>Relay": "<1/>Relay",
  Messages: "Meldungen",
  Transfer: "Übertragung",
  "System check": "Systemprüfung",
  "All of it runs in the open tabs. <1>Who must not work together</1> · <2>Who learns what</2> · <3>How fast, how accurate</3>":
    "Alles läuft in den offenen Tabs. <1>Wer nicht zusammenarbeiten darf</1> · <2>Wer was erfährt</2> · <3>Wie schnell, wie genau</3>",
  "All of it runs in the open tabs. <1>Who must not work together<2> (in a new tab)</2></1> · <3>Who learns what<4> (in a new tab)</4></3> · <5>How fast, how accurate<6> (in a new tab)</6></5>":
    "Alles läuft in den offenen Tabs. <1>Wer nicht zusammenarbeiten darf<2> (in einem neuen Tab)</2></1> · <3>Wer was erfährt<4> (in einem neuen Tab)</4></3> · <5>Wie schnell, wie genau<6> (in einem neuen Tab)</6></5>",
  "Build <1/>": "Build <1/>",
  "Build <1><2/><3> (in a new tab)</3></1>": "Build <1><2/><3> (in einem neuen Tab)</3></1>",

  // On several pages of the roles.
  Invitation: "Einladung",
  "Paste the link that the model owner sent you.":
    "Fügen Sie den Link ein, den der Modellinhaber Ihnen geschickt hat.",
  "https://": "https://",
  Join: "Beitreten",
  "Encrypted links": "Verschlüsselte Verbindungen",
  "Nobody else can read what passes here, provided that nobody sits in between. The safety words show it: both ends of a link see the same ones.":
    "Niemand sonst kann lesen, was hier hindurchgeht, sofern niemand dazwischensitzt. Das zeigen die Sicherheitswörter: Beide Enden einer Verbindung sehen dieselben.",
  "See for yourself <1>what passes, and what the relay sees of it</1>":
    "Sehen Sie selbst, <1>was hindurchgeht und was das Relay davon sieht</1>",
  "The public plan of the model": "Der öffentliche Plan des Modells",
  "Everyone in the room knows this much, and nothing more of the model.":
    "So viel wissen alle im Raum vom Modell, und nicht mehr.",
  Layers: "Schichten",
  Layer: "Schicht",
  Kind: "Art",
  Size: "Größe",
  Activation: "Aktivierung",
  "Ring or field": "Ring oder Körper",
  Model: "Modell",

  // index.html
  "Classify an image that nobody else sees, with a model that nobody else sees.":
    "Ein Bild klassifizieren, das sonst niemand sieht, mit einem Modell, das sonst niemand sieht.",
  "One tab holds an image, another holds a neural network. Together they find the class of the image, and neither shows the other what it holds.":
    "Ein Tab hält ein Bild, ein anderer ein neuronales Netz. Gemeinsam finden sie die Klasse des Bildes, und keiner zeigt dem anderen, was er hält.",
  "Try it here": "Hier ausprobieren",
  "All three roles in one window, played by you.":
    "Alle drei Rollen in einem Fenster, gespielt von Ihnen.",
  "A model owner may also have equal parties compute, without a helper: <1>take a seat among them</1>.":
    "Ein Modellinhaber kann auch gleiche Parteien rechnen lassen, ohne Helfer: <1>Nehmen Sie einen Platz unter ihnen ein</1>.",
  "Take a role": "Übernehmen Sie eine Rolle",
  "Host a model": "Ein Modell bereitstellen",
  "You hold a network. Start here, and invite the others.":
    "Sie haben ein Netz. Beginnen Sie hier und laden Sie die anderen ein.",
  "Draw a digit": "Eine Ziffer zeichnen",
  "You hold an image. You were invited, and you alone read the class.":
    "Sie haben ein Bild. Man hat Sie eingeladen, und nur Sie lesen die Klasse.",
  "Help the two": "Den beiden helfen",
  "You hold nothing. You deal random numbers ahead of time.":
    "Sie brauchen nichts. Sie teilen vorab Zufallszahlen aus.",
  "Who holds what, who learns what": "Wer was hat, wer was erfährt",
  "Who holds and learns what": "Wer was hat und erfährt",
  "The parties and what passes between them": "Die Parteien und was zwischen ihnen hin und her geht",
  "The data owner holds an image and learns the class. The model owner holds the weights and learns that a query happened. The helper holds nothing and learns the public shape of the network. The relay in the middle forwards the encrypted messages of all three.":
    "Der Dateninhaber hat ein Bild und erfährt die Klasse. Der Modellinhaber hat die Gewichte und erfährt, dass es eine Anfrage gab. Der Helfer hat nichts und erfährt den öffentlichen Aufbau des Netzes. Das Relay in der Mitte leitet die verschlüsselten Nachrichten aller drei weiter.",
  "Show a real run": "Einen echten Lauf zeigen",
  "Messages of the run": "Nachrichten des Laufs",
  "holds nothing": "hat nichts",
  "learns the public shape": "erfährt den Aufbau",
  "cannot read": "liest nichts",
  "holds the image": "hat das Bild",
  "learns the class": "erfährt die Klasse",
  "holds the weights": "hat die Gewichte",
  "learns of the query": "weiß von der Anfrage",
  Party: "Partei",
  Holds: "Hat",
  Learns: "Erfährt",
  "the image": "das Bild",
  "the class, and the public shape of the network":
    "die Klasse und den öffent\u00adlichen Aufbau des Netzes",
  "the weights": "die Gewichte",
  "that a query happened; nothing of the image or the class":
    "dass es eine Anfrage gab; nichts vom Bild oder von der Klasse",
  nothing: "nichts",
  "the public shape of the network": "den öffent\u00adlichen Aufbau des Netzes",
  "who is in the room, when, and how much is sent; nothing of what is sent":
    "wer wann im Raum ist und wie viel gesendet wird; nichts von dem, was gesendet wird",
  "How it works": "So geht es",
  "<1>The helper deals.</1> Before there is an image, it gives the two owners random numbers that belong together, and may then leave.":
    "<1>Der Helfer teilt aus.</1> Bevor es ein Bild gibt, gibt er den beiden Inhabern Zufallszahlen, die zusammengehören, und kann dann gehen.",
  "<1>The owners exchange masked numbers.</1> With a fresh mask on each, every number that one sends looks random to the other.":
    "<1>Die Inhaber tauschen maskierte Zahlen aus.</1> Jede trägt eine frische Maske und sieht für den anderen zufällig aus.",
  "<1>The masks cancel at the end.</1> What remains is the class, and only the data owner can read it.":
    "<1>Am Ende heben sich die Masken auf.</1> Übrig bleibt die Klasse, und nur der Dateninhaber kann sie lesen.",
  "What you rely on": "Worauf Sie sich verlassen",
  "<1>The helper is on nobody’s side.</1> Together with the model owner it could see the image, together with the data owner the weights. <2>Who must not work together</2>":
    "<1>Der Helfer steht auf niemandes Seite.</1> Zusammen mit dem Modellinhaber könnte er das Bild sehen, zusammen mit dem Dateninhaber die Gewichte. <2>Wer nicht zusammenarbeiten darf</2>",
  "<1>Nobody sits in between.</1> All messages are encrypted from tab to tab. The safety words, which two people read to each other, show that the link has the right two ends.":
    "<1>Niemand sitzt dazwischen.</1> Alle Nachrichten sind von Tab zu Tab verschlüsselt. Die Sicherheitswörter, die zwei Menschen einander vorlesen, zeigen, dass die Verbindung die richtigen zwei Enden hat.",
  "<1>Everyone follows the protocol.</1> The parties may be curious, but they run this program as it is. A party that runs another one could learn more, or make the class wrong.":
    "<1>Alle halten sich an das Protokoll.</1> Die Parteien dürfen neugierig sein, aber sie führen dieses Programm aus, wie es ist. Wer ein anderes ausführt, könnte mehr erfahren oder die Klasse verfälschen.",
  "<1>The pages are the right ones.</1> Whoever serves them could serve another program. <2>How to tell</2>":
    "<1>Die Seiten sind die richtigen.</1> Wer sie ausliefert, könnte ein anderes Programm ausliefern. <2>Woran man es erkennt</2>",
  "<1>Answers tell a little.</1> Each class says something of the model. So the model owner sets how many each data owner may have.":
    "<1>Antworten verraten ein wenig.</1> Jede Klasse sagt etwas über das Modell. Darum legt der Modellinhaber fest, wie viele jeder Dateninhaber bekommt.",

  // try.html
  "Try it here · Blindsight": "Hier ausprobieren · Blindsight",
  "Play all three roles in one window.": "Alle drei Rollen in einem Fenster spielen.",
  "<1>You play all three roles, so nothing is hidden from you.</1> Each frame is a party of its own: it computes by itself, has its own keys, and reaches the others by way of the relay alone. In earnest they are three people in three places.":
    "<1>Sie spielen alle drei Rollen, daher ist vor Ihnen nichts verborgen.</1> Jeder Rahmen ist eine eigene Partei: Er rechnet für sich, hat eigene Schlüssel und erreicht die anderen nur über das Relay. Im Ernst sind es drei Menschen an drei Orten.",
  "Close all": "Alle schließen",
  "Start again": "Neu starten",
  "<1/>Data owner <2>played by you</2>": "<1/>Dateninhaber <2>gespielt von Ihnen</2>",
  "<1/>Model owner <2>played by you</2>": "<1/>Modellinhaber <2>gespielt von Ihnen</2>",
  "<1/>Helper <2>played by you</2>": "<1/>Helfer <2>gespielt von Ihnen</2>",
  "In earnest": "Im Ernst",
  "Somebody <1>hosts a model</1> and sends each of the others a link: to whoever <2>draws a digit</2>, and to whoever <3>helps the two</3>. The helper must be neither of the two others. Each two of them read their safety words to each other: here you see that both ends have the same ones. <4>Who must not work together</4>":
    "Jemand <1>stellt ein Modell bereit</1> und schickt den anderen je einen Link: wer eine <2>Ziffer zeichnet</2>, bekommt den einen, und wer <3>den beiden hilft</3>, den anderen. Der Helfer darf keiner der beiden anderen sein. Je zwei lesen einander ihre Sicherheitswörter vor: Hier sehen Sie, dass beide Enden dieselben haben. <4>Wer nicht zusammenarbeiten darf</4>",

  // trust.html
  "<1><2/>Compute party</1>, where there is no helper": "<1><2/>Rechenpartei</1>, wo kein Helfer ist",
  "the plan; how many images are classified, of which data owner, and when":
    "den Plan; wie viele Bilder klassifiziert werden, von welchem Dateninhaber, und wann",
  "Two ways to compute": "Zwei Wege zu rechnen",
  "Table: two ways to compute": "Tabelle: zwei Wege zu rechnen",
  Way: "Weg",
  "Secret as long as": "Geheim, solange",
  Takes: "Braucht",
  "the helper works together with neither owner": "der Helfer mit keinem Inhaber zusammenarbeitet",
  "few round trips, and little on the line": "wenige Umläufe und wenig auf der Leitung",
  "only a minority of the parties works together: at most one of 3, two of 5, three of 7":
    "nur eine Minderheit der Parteien zusammenarbeitet: höchstens eine von 3, zwei von 5, drei von 7",
  "many rounds, and many times as much on the line":
    "viele Runden und ein Vielfaches auf der Leitung",
  "The model owner chooses. Among equal parties each holds one share of the image and one of the weights: points of random curves, which a minority cannot tell from noise.":
    "Der Modellinhaber wählt. Unter gleichen Parteien hält jede einen Anteil des Bildes und einen der Gewichte: Punkte zufälliger Kurven, die eine Minderheit nicht von Rauschen unterscheiden kann.",
  "Most of the <1><2/>compute parties</1>": "Die meisten <1><2/>Rechenparteien</1>",
  "the images and the weights": "die Bilder und die Gewichte",
  "both owners must know who the parties are: nobody may take most of the seats, and most may be in league with nobody":
    "beide Inhaber müssen wissen, wer die Parteien sind: Niemand darf die meisten Plätze einnehmen, und die meisten dürfen mit niemandem im Bunde sein",
  "Who must not work together · Blindsight": "Wer nicht zusammenarbeiten darf · Blindsight",
  "Who must not work together": "Wer nicht zusammenarbeiten darf",
  "What each party of a private classification learns, and who must not work together.":
    "Was jede Partei einer privaten Klassifizierung erfährt und wer nicht zusammenarbeiten darf.",
  "The protocol splits each secret in two, so that nobody sees it alone. Some pairs hold both halves. Here is what each party learns, what each pair could learn, and what you can do about it.":
    "Das Protokoll teilt jedes Geheimnis in zwei Hälften, sodass niemand es allein sieht. Manche Paare halten beide Hälften. Hier steht, was jede Partei erfährt, was jedes Paar erfahren könnte und was Sie dagegen tun können.",
  "What each learns alone": "Was jeder allein erfährt",
  "Table: each alone": "Tabelle: jeder allein",
  Who: "Wer",
  "Does not learn": "Erfährt nicht",
  "the class of each of its images; the plan of the network, and what the model and its classes are called; by asking again and again, something of the model":
    "die Klasse jedes seiner Bilder; den Plan des Netzes und wie das Modell und seine Klassen heißen; durch immer neue Fragen etwas über das Modell",
  "the weights, but for what the answers tell": "die Gewichte, bis auf das, was die Antworten verraten",
  "how many images each data owner has classified, and when":
    "wie viele Bilder jeder Dateninhaber klassifiziert hat und wann",
  "the images and the classes": "die Bilder und die Klassen",
  "the plan; for how many images it dealt random numbers, to how many data owners, and when":
    "den Plan; für wie viele Bilder er Zufallszahlen ausgeteilt hat, an wie viele Dateninhaber und wann",
  "the images, the classes and the weights": "die Bilder, die Klassen und die Gewichte",
  "who is in a room, in which role and from which address; how many bytes they send each other, and when":
    "wer in einem Raum ist, in welcher Rolle und von welcher Adresse; wie viele Bytes sie einander senden und wann",
  "what the messages say, as they are encrypted from tab to tab":
    "was in den Nachrichten steht, denn sie sind von Tab zu Tab verschlüsselt",
  "The plan says how many layers a network has, their sizes, and how wide its numbers are. Each party needs it.":
    "Der Plan sagt, wie viele Schichten ein Netz hat, wie groß sie sind und wie breit seine Zahlen. Jede Partei braucht ihn.",
  "What two could learn together": "Was zwei zusammen erfahren könnten",
  "Table: two together": "Tabelle: zwei zusammen",
  "Could learn": "Könnten erfahren",
  So: "Deshalb",
  "<1><2/>Helper</1> and <3><4/>model owner</3>":
    "<1><2/>Helfer</1> und <3><4/>Modellinhaber</3>",
  "<1>the images</1>, and with them the classes": "<1>die Bilder</1> und mit ihnen die Klassen",
  "a data owner must know that the helper is somebody else than the model owner, and is not in league with them":
    "ein Dateninhaber muss wissen, dass der Helfer jemand anderes ist als der Modellinhaber und nicht mit ihm im Bunde",
  "<1><2/>Helper</1> and <3><4/>data owner</3>": "<1><2/>Helfer</1> und <3><4/>Dateninhaber</3>",
  "a model owner must know that the helper is somebody else than any data owner, and is not in league with them":
    "ein Modellinhaber muss wissen, dass der Helfer jemand anderes ist als jeder Dateninhaber und mit keinem im Bunde",
  "<1><2/>Data owner</1> and <3><4/>model owner</3>":
    "<1><2/>Dateninhaber</1> und <3><4/>Modellinhaber</3>",
  "what the two hold anyway: the helper has no secret":
    "was die beiden ohnehin haben: Der Helfer hat kein Geheimnis",
  "nobody needs to be kept apart": "niemand muss getrennt bleiben",
  "<1><2/>Relay</1> and any one of the others": "<1><2/>Relay</1> und einer der anderen",
  "what that one learns alone, and the sizes and times of all messages":
    "was dieser allein erfährt, dazu Größe und Zeit aller Nachrichten",
  "the relay may run the built-in helper, as long as neither owner runs the relay":
    "das Relay darf den eingebauten Helfer stellen, solange keiner der Inhaber das Relay betreibt",
  "<1/>Whoever serves the pages, alone": "<1/>Wer die Seiten ausliefert, allein",
  "<1>everything</1>: they could serve a program that gives the secrets away":
    "<1>alles</1>: Er könnte ein Programm ausliefern, das die Geheimnisse verrät",
  "open the pages where you trust whoever runs them, run them yourself, or use the program for the command line":
    "öffnen Sie die Seiten bei jemandem, dem Sie vertrauen, betreiben Sie sie selbst, oder nehmen Sie das Programm für die Befehlszeile",
  "What you can check": "Was Sie prüfen können",
  "<1>Who is at the other end.</1> Each link shows four safety words. Read them to each other on the phone, or in any other way than this page. If they are the same, nobody sits in between. As long as they are not compared, the page calls the link “not verified”.":
    "<1>Wer am anderen Ende ist.</1> Jede Verbindung zeigt vier Sicherheitswörter. Lesen Sie sie einander am Telefon vor, oder auf einem anderen Weg als über diese Seite. Sind sie gleich, sitzt niemand dazwischen. Solange sie nicht verglichen sind, nennt die Seite die Verbindung „nicht geprüft“.",
  "<1>Who the helper is.</1> The model owner names the helper. A data owner who compares the words with the helper itself, by voice, knows that it is a person of their own, whom they can ask. The words prove nothing about what two people arrange out of your hearing.":
    "<1>Wer der Helfer ist.</1> Der Modellinhaber benennt den Helfer. Ein Dateninhaber, der die Wörter im Gespräch mit dem Helfer selbst vergleicht, weiß, dass dieser ein eigener Mensch ist, den er fragen kann. Was zwei Menschen untereinander verabreden, zeigen die Wörter nicht.",
  "<1>A helper that the site runs.</1> The page says “run by whoever runs this site”, because the relay itself names its key. Then ask who runs the site: it must be neither owner.":
    "<1>Ein Helfer, den die Website stellt.</1> Die Seite sagt „vom Betreiber gestellt“, weil das Relay selbst seinen Schlüssel nennt. Fragen Sie dann, wer die Website betreibt: Es darf keiner der Inhaber sein.",
  "<1>Whether your invitation was used by somebody else.</1> An invitation is for one person unless the model owner chose otherwise. Whoever comes second is refused, and both the model owner and whoever was first are told.":
    "<1>Ob jemand anderes Ihre Einladung benutzt hat.</1> Eine Einladung gilt für einen Menschen, wenn der Modellinhaber nichts anderes gewählt hat. Wer als Zweiter kommt, wird abgewiesen, und der Modellinhaber und der Erste erfahren es.",
  "<1>How much a model gives away.</1> The model owner sets how many classifications each data owner may have, sees how many were used, and can remove a guest.":
    "<1>Wie viel ein Modell preisgibt.</1> Der Modellinhaber legt fest, wie viele Klassifizierungen jeder Dateninhaber bekommt, sieht, wie viele verbraucht sind, und kann einen Gast entfernen.",
  "<1>Which program you run.</1> The build stands at the foot of each page. <2>What it means</2>":
    "<1>Welches Programm Sie ausführen.</1> Der Build steht am Fuß jeder Seite. <2>Was er bedeutet</2>",
  "What is not promised": "Was nicht versprochen wird",
  "<1>Parties that do not follow the protocol.</1> All that stands above holds for parties that may be curious but run the program as it is. One that runs another program can make the class wrong, and may learn more. A model owner could alter its share of the class and see whether the data owner then stops.":
    "<1>Parteien, die sich nicht an das Protokoll halten.</1> Alles Obige gilt für Parteien, die neugierig sein dürfen, aber das Programm ausführen, wie es ist. Wer ein anderes ausführt, kann die Klasse verfälschen und vielleicht mehr erfahren. Ein Modellinhaber könnte seinen Anteil der Klasse verändern und sehen, ob der Dateninhaber dann aufhört.",
  "<1>A data owner that cheats.</1> One that sends other numbers than the protocol says may learn more of the weights than the answers tell.":
    "<1>Ein Dateninhaber, der betrügt.</1> Wer andere Zahlen sendet, als das Protokoll sagt, erfährt vielleicht mehr von den Gewichten, als die Antworten verraten.",
  "<1>A model against its own answers.</1> Who may ask often enough can train a copy. A budget slows that down; it does not prevent it.":
    "<1>Ein Modell gegen seine eigenen Antworten.</1> Wer oft genug fragen darf, kann eine Kopie trainieren. Ein Kontingent verlangsamt das, verhindert es aber nicht.",
  "<1>Pages from somebody you do not trust.</1> No check within a page helps against the one who serves it.":
    "<1>Seiten von jemandem, dem Sie nicht vertrauen.</1> Keine Prüfung in einer Seite hilft gegen den, der sie ausliefert.",
  "<1>That it always works.</1> The relay, and anybody in the room, can stop the work at any time.":
    "<1>Dass es immer funktioniert.</1> Das Relay und alle im Raum können die Arbeit jederzeit anhalten.",
  "<1>Sizes and times.</1> The relay, and whoever watches the network, sees who talks to whom, how much and when.":
    "<1>Größen und Zeiten.</1> Das Relay, und wer sonst das Netzwerk beobachtet, sieht, wer mit wem spricht, wie viel und wann.",
  "<1>Time that depends on secrets.</1> The program takes no branch and no index that depends on a secret. A browser translates it once more before it runs, and nobody vouches for what becomes of it there.":
    "<1>Zeit, die von Geheimnissen abhängt.</1> Im Programm hängt keine Verzweigung und kein Index von einem Geheimnis ab. Ein Browser übersetzt es noch einmal, bevor es läuft, und niemand bürgt dafür, was dort daraus wird.",
  "<1>Your own device.</1> Who can read the memory of your browser, or its screen, needs none of this.":
    "<1>Ihr eigenes Gerät.</1> Wer den Speicher Ihres Browsers oder Ihren Bildschirm lesen kann, braucht das alles nicht.",
  "Which program this is": "Welches Programm dies ist",
  "The build at the foot of each page names the sources of the protocol from which this site was made. A link between two different builds is refused, so whoever shares a room with you runs the same build, or claims to.":
    "Der Build am Fuß jeder Seite benennt die Quellen des Protokolls, aus denen diese Website gemacht ist. Eine Verbindung zwischen zwei verschiedenen Builds wird abgelehnt. Wer mit Ihnen in einem Raum ist, führt also denselben Build aus, oder gibt es vor.",
  "To compare this site with the sources, get them, run <1>cargo xtask site</1> there, and compare the file <2>target/site/build.json</2> that it writes with <3>this site’s</3>: it names the build and the SHA-256 of every file. The browser’s tools for developers save the files that it really got, and <4>sha256sum</4> gives their sums. A site may serve you something else than it serves others, or than it served a moment ago; who must be sure runs the pages from an own copy.":
    "Um diese Website mit den Quellen zu vergleichen, holen Sie sich die Quellen, führen dort <1>cargo xtask site</1> aus und vergleichen die Datei <2>target/site/build.json</2>, die dabei entsteht, mit <3>der dieser Website</3>: Sie nennt den Build und die SHA-256 jeder Datei. Mit den Entwicklerwerkzeugen des Browsers speichern Sie die Dateien, die er wirklich bekommen hat, und <4>sha256sum</4> gibt ihre Summen. Eine Website kann Ihnen etwas anderes ausliefern als anderen, oder als eben noch; wer sicher sein muss, führt die Seiten aus einer eigenen Kopie aus.",

  // draw.html
  "Draw a digit · Blindsight": "Eine Ziffer zeichnen · Blindsight",
  "Classify a picture that nobody else sees.": "Ein Bild klassifizieren, das sonst niemand sieht.",
  "Your picture stays in this tab. It leaves masked, and you alone read the class.":
    "Ihr Bild bleibt in diesem Tab. Es verlässt ihn nur maskiert, und nur Sie lesen die Klasse.",
  "Steps to the first classification": "Schritte bis zur ersten Klassifizierung",
  Connect: "Verbinden",
  "Agree on the plan": "Den Plan abstimmen",
  "Receive the masked model": "Das maskierte Modell empfangen",
  Prepare: "Vorbereiten",
  Ready: "Bereit",
  "Your picture": "Ihr Bild",
  "Drawing area of 28 by 28 cells": "Zeichenfläche von 28 mal 28 Feldern",
  Pen: "Stift",
  Fine: "Fein",
  Medium: "Mittel",
  Broad: "Breit",
  "Fine pen": "Feiner Stift",
  "Medium pen": "Mittlerer Stift",
  "Broad pen": "Breiter Stift",
  Eraser: "Radierer",
  Undo: "Rückgängig",
  Clear: "Löschen",
  "Load pictures": "Bilder laden",
  Stop: "Anhalten",
  Camera: "Kamera",
  "or drop or paste them; several are classified together":
    "oder ablegen oder einfügen; mehrere werden zusammen klassifiziert",
  "Keyboard: <1/> <2/> <3/> <4/> move over the cells, <5>Space</5> puts the pen down or lifts it, <6>E</6> changes between pen and eraser, <7>Enter</7> sets or erases one cell.":
    "Tastatur: <1/> <2/> <3/> <4/> bewegen über die Felder, die <5>Leertaste</5> setzt den Stift auf oder hebt ihn ab, <6>E</6> wechselt zwischen Stift und Radierer, die <7>Eingabetaste</7> füllt oder leert ein Feld.",
  "Sample digits": "Beispielziffern",
  "What is shared": "Was geteilt wird",
  "Nothing is drawn yet.": "Noch ist nichts gezeichnet.",
  "This picture of 28 × 28 pixels and no other is classified. Every number that leaves the tab is masked and looks random.":
    "Dieses Bild von 28 × 28 Pixeln und kein anderes wird klassifiziert. Jede Zahl, die den Tab verlässt, ist maskiert und sieht zufällig aus.",
  "Compare the safety words": "Sicherheitswörter vergleichen",
  Live: "Live",
  "The class follows the drawing. Every change uses up a classification, dozens in a second while you draw. The model owner sees when, and so the rhythm of your hand.":
    "Die Klasse folgt der Zeichnung. Jede Änderung verbraucht eine Klassifizierung, Dutzende in der Sekunde, während Sie zeichnen. Der Modellinhaber sieht, wann, und damit den Rhythmus Ihrer Hand.",
  Classify: "Klassifizieren",
  "You have had all classifications that the model owner allows. Ask the model owner for more.":
    "Sie haben alle Klassifizierungen verbraucht, die der Modellinhaber erlaubt. Bitten Sie ihn um mehr.",
  Class: "Klasse",
  "Nobody but you can read this. The model owner learns that a query happened.":
    "Nur Sie können das lesen. Der Modellinhaber erfährt, dass es eine Anfrage gab.",
  Results: "Ergebnisse",
  "List of results": "Liste der Ergebnisse",
  "Forget all": "Alle vergessen",
  "The last 100, in this tab’s memory alone: a reload forgets them.":
    "Die letzten 100, nur im Speicher dieses Tabs: Beim Neuladen sind sie vergessen.",
  "<1>The helper must be somebody else than the model owner.</1> If one person is both, or the two work together, they can see your picture.":
    "<1>Der Helfer muss jemand anderes sein als der Modellinhaber.</1> Ist ein Mensch beides, oder arbeiten die beiden zusammen, können sie Ihr Bild sehen.",

  // host.html
  "Host a model · Blindsight": "Ein Modell bereitstellen · Blindsight",
  "Host a neural network that nobody else sees.":
    "Ein neuronales Netz bereitstellen, das sonst niemand sieht.",
  "The weights stay in this tab. Others send their pictures masked, and only they read the class.":
    "Die Gewichte bleiben in diesem Tab. Andere senden ihre Bilder maskiert, und nur sie lesen die Klasse.",
  "Who computes": "Wer rechnet",
  "Two parties and a helper": "Zwei Parteien und ein Helfer",
  "Fast. You and the data owner compute. The helper must work together with neither of you.":
    "Schnell. Sie und der Dateninhaber rechnen. Der Helfer darf mit keinem von beiden zusammenarbeiten.",
  "Equal parties, no helper": "Gleiche Parteien, kein Helfer",
  "Slower. Several browsers open one link and compute. Most of them must be on nobody’s side.":
    "Langsamer. Mehrere Browser öffnen einen Link und rechnen. Die meisten dürfen auf niemandes Seite stehen.",
  "Number of parties": "Anzahl der Parteien",
  "3: no one alone learns anything": "3: Keine erfährt allein etwas",
  "5: no two together learn anything": "5: Keine zwei erfahren zusammen etwas",
  "7: no three together learn anything": "7: Keine drei erfahren zusammen etwas",
  "The weights leave this tab in shares, one for each party. <1>What each way relies on<2> (in a new tab)</2></1>":
    "Die Gewichte verlassen diesen Tab in Anteilen, einem für jede Partei. <1>Worauf jeder Weg sich verlässt<2> (in einem neuen Tab)</2></1>",
  "This browser remembers a room": "Dieser Browser hat sich einen Raum gemerkt",
  "Take up hosting again": "Bereitstellung fortsetzen",
  Forget: "Vergessen",
  "Loading the list": "Liste wird geladen",
  "Or bring an ONNX file of your own: choose it, or drop it here. If its weights are in a second file, take both together.":
    "Oder nehmen Sie eine eigene ONNX-Datei: Wählen Sie sie, oder legen Sie sie hier ab. Stehen ihre Gewichte in einer zweiten Datei, nehmen Sie beide zusammen.",
  "Choose an ONNX file": "Eine ONNX-Datei wählen",
  "Choose a file": "Datei wählen",
  "Use a bundled model": "Ein mitgeliefertes Modell nehmen",
  "Built in to the relay": "Im Relay eingebaut",
  "Ready at once. It is run by whoever runs this site.":
    "Sofort bereit. Ihn stellt der Betreiber dieser Website.",
  "By invitation": "Auf Einladung",
  "A third person opens a tab. Choose someone on nobody’s side.":
    "Ein dritter Mensch öffnet einen Tab. Wählen Sie jemanden, der auf niemandes Seite steht.",
  "How many data owners the link is for": "Für wie viele Dateninhaber der Link gilt",
  One: "Einen",
  "The link works once. Whoever opens it first is in, and you hear of anybody who tries it after them.":
    "Der Link gilt einmal. Wer ihn zuerst öffnet, ist dabei, und Sie erfahren, wenn es danach jemand versucht.",
  Several: "Mehrere",
  "The link works for so many people as you say.": "Der Link gilt für so viele, wie Sie angeben.",
  "Any number": "Beliebig viele",
  "The link works again and again, for whoever has it.":
    "Der Link gilt immer wieder, für jeden, der ihn hat.",
  "Number of data owners": "Zahl der Dateninhaber",
  "Classifications for each data owner": "Klassifizierungen für jeden Dateninhaber",
  "Each answer says something of the model. Who may ask without end can copy it.":
    "Jede Antwort sagt etwas über das Modell. Wer ohne Ende fragen darf, kann es kopieren.",
  "What a data owner learns": "Was ein Dateninhaber erfährt",
  "The class": "Die Klasse",
  "The three likeliest classes": "Die drei wahrscheinlichsten Klassen",
  "All classes, the likeliest first": "Alle Klassen, die wahrscheinlichste zuerst",
  "How sure the network is of each class": "Wie sicher sich das Netz bei jeder Klasse ist",
  "The more an answer tells, the sooner the model can be copied.":
    "Je mehr eine Antwort sagt, desto eher lässt sich das Modell kopieren.",
  "Remember this room in this browser": "Diesen Raum in diesem Browser merken",
  "Then you can close this tab and take up hosting again later, with the same invitations. The model’s file and the room’s secrets stay in this browser until you press Forget, or remember another room.":
    "Dann können Sie diesen Tab schließen und die Bereitstellung später fortsetzen, mit denselben Einladungen. Die Modelldatei und die Geheimnisse des Raums bleiben in diesem Browser, bis Sie Vergessen drücken oder einen anderen Raum merken.",
  "Start hosting": "Bereitstellung starten",
  "Invite the others": "Laden Sie die anderen ein",
  "Link for the data owner": "Link für den Dateninhaber",
  "Link for the helper": "Link für den Helfer",
  "Send it to someone other than the data owner.":
    "Schicken Sie ihn jemand anderem als dem Dateninhaber.",
  Copy: "Kopieren",
  Share: "Teilen",
  "QR code": "QR-Code",
  "<1>The helper must be somebody else than the data owner.</1> If one person is both, or the two work together, they can compute your weights.":
    "<1>Der Helfer muss jemand anderes sein als der Dateninhaber.</1> Ist ein Mensch beides, oder arbeiten die beiden zusammen, können sie Ihre Gewichte berechnen.",
  Guests: "Gäste",
  "Pictures are classified": "Bilder werden klassifiziert",
  "<1/> as they come": "<1/> sobald sie kommen",
  "<1/> when I allow each one": "<1/> wenn ich es jeweils erlaube",
  "<1/> not now: they wait": "<1/> jetzt nicht: sie warten",
  "Nobody has joined yet. Keep this tab open: it is the model.":
    "Noch ist niemand beigetreten. Lassen Sie diesen Tab offen: Er ist das Modell.",
  Guest: "Nr.",
  State: "Stand",
  Verified: "Geprüft",
  Used: "Bilder",
  Remove: "Entfernen",
  "Stop hosting": "Bereitstellung beenden",
  "Forget this room": "Diesen Raum vergessen",

  // help.html
  "Help · Blindsight": "Helfen · Blindsight",
  "Deal random numbers to a data owner and a model owner.":
    "Zufallszahlen an einen Dateninhaber und einen Modellinhaber austeilen.",
  "You deal random numbers to the data owner and the model owner. You see neither the image nor the model.":
    "Sie teilen Zufallszahlen an den Dateninhaber und den Modellinhaber aus. Sie sehen weder das Bild noch das Modell.",
  "Dealt so far": "Bisher ausgeteilt",
  "Bundles, one a picture": "Bündel, je Bild eines",
  Sent: "Gesendet",
  "0 B": "0 B",
  "Data owners": "Dateninhaber",
  Rate: "Tempo",
  "Keep this tab open while pictures are to be prepared. What is dealt already works without you.":
    "Lassen Sie diesen Tab offen, solange Bilder vorzubereiten sind. Was schon ausgeteilt ist, gilt auch ohne Sie.",
  "<1>You must be nobody else in this room.</1> A helper who is also an owner, or works together with one, gives away the secret of the other.":
    "<1>Sie dürfen in diesem Raum sonst niemand sein.</1> Ein Helfer, der zugleich Inhaber ist oder mit einem zusammenarbeitet, gibt das Geheimnis des anderen preis.",
  "What a helper does": "Was ein Helfer tut",
  "Agrees on a secret with each owner, then deals bundles of random numbers, one for each picture to come.":
    "Vereinbart mit jedem Inhaber ein Geheimnis und teilt dann Bündel von Zufallszahlen aus, eines für jedes künftige Bild.",
  "Works before there is a picture. Nothing that depends on the image or the weights reaches this tab.":
    "Arbeitet, bevor es ein Bild gibt. Nichts, was vom Bild oder von den Gewichten abhängt, erreicht diesen Tab.",
  "Learns the public shape of the network: the layers and their sizes.":
    "Erfährt den öffentlichen Aufbau des Netzes: die Schichten und ihre Größen.",
  "What a helper must not do": "Was ein Helfer nicht tun darf",
  "Work together with the data owner or with the model owner. What you deal would give away the secret of the other.":
    "Mit dem Dateninhaber oder dem Modellinhaber zusammenarbeiten. Was Sie austeilen, gäbe das Geheimnis des anderen preis.",
  "Open the data owner’s invitation as well. One person, one role.":
    "Auch die Einladung des Dateninhabers öffnen. Ein Mensch, eine Rolle.",
  "Pass on, record or change anything that this tab deals.":
    "Etwas weitergeben, aufzeichnen oder ändern, was dieser Tab austeilt.",
};
