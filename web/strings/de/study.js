// The page of the study, in German.

export const catalogue = {
  pages: {
    "How fast, how accurate, how private · Blindsight": "Wie schnell, wie genau, wie privat · Blindsight",
    "How fast, how accurate and how private a private classification is, measured.":
      "Wie schnell, wie genau und wie privat eine private Klassifizierung ist, gemessen.",
    "How fast, how accurate, how private": "Wie schnell, wie genau, wie privat",
    "Measured, not promised. One command measures all of it anew, and writes these plots and the tables behind them.":
      "Gemessen, nicht versprochen. Ein Befehl misst alles neu und schreibt diese Diagramme und die Tabellen dahinter.",
    "How accurate": "Wie genau",
    "How fast": "Wie schnell",
    "What it takes": "Was es braucht",
    "Bars: for each network, the share of pictures that it puts into a wrong class, in floating point and in secret.":
      "Balken: für jedes Netz der Anteil der Bilder, die es in eine falsche Klasse steckt, in Gleitkomma und im Geheimen.",
    "A network that is evaluated in secret classifies as well as in the clear. The bars show what is wrong, in whole test sets of published pictures.":
      "Ein Netz, das im Geheimen ausgewertet wird, klassifiziert so gut wie offen. Die Balken zeigen, was falsch ist, in ganzen Testmengen veröffentlichter Bilder.",
    "Lines: the share of pictures in the right class against fractional bits, for four networks.":
      "Linien: der Anteil der Bilder in der richtigen Klasse über den Nachkommabits, für vier Netze.",
    "The protocol computes with whole numbers. So many bits behind the point are enough.":
      "Das Protokoll rechnet mit ganzen Zahlen. So viele Bits hinter dem Komma genügen.",
    "Table: how many digits of each class were put into each class.":
      "Tabelle: wie viele Ziffern jeder Klasse in welche Klasse gesteckt wurden.",
    "Which digits are taken for which.": "Welche Ziffern für welche gehalten werden.",
    "Lines: pictures a second against how many are classified together.":
      "Linien: Bilder je Sekunde darüber, wie viele zusammen klassifiziert werden.",
    "Pictures that are classified together share their round trips.":
      "Bilder, die zusammen klassifiziert werden, teilen sich die Umläufe.",
    "Bars: for each network, milliseconds for a picture online, beforehand, and in the clear.":
      "Balken: für jedes Netz Millisekunden je Bild online, vorab und offen.",
    "What the protocol computes for a picture, beside the same network without any protocol.":
      "Was das Protokoll für ein Bild rechnet, neben demselben Netz ohne jedes Protokoll.",
    "Bars: for each network, the peak memory of the data owner, the model owner and the helper.":
      "Balken: für jedes Netz der größte Speicherbedarf von Dateninhaber, Modellinhaber und Helfer.",
    "The memory of each party.": "Der Speicher jeder Partei.",
    "Bars: for each network, how long each party keeps a core busy for a picture.":
      "Balken: für jedes Netz, wie lange jede Partei je Bild einen Kern beschäftigt.",
    "How long each party keeps a processor core busy for a picture.":
      "Wie lange jede Partei je Bild einen Prozessorkern beschäftigt.",
    "Lines: milliseconds from the picture to its class against the round-trip time, for three networks.":
      "Linien: Millisekunden vom Bild zu seiner Klasse über der Umlaufzeit, für drei Netze.",
    "From the picture to its class, with the parties ever further apart: what counts are the round trips.":
      "Vom Bild zu seiner Klasse, bei immer weiter entfernten Parteien: Was zählt, sind die Umläufe.",
    "Lines: pictures a second against the width of the line, for three networks.":
      "Linien: Bilder je Sekunde über der Bandbreite, für drei Netze.",
    "How many pictures a second get through a line of so many megabits a second.":
      "Wie viele Bilder je Sekunde durch eine Leitung von so vielen Megabit je Sekunde kommen.",
    "Bars: pictures a second of Blindsight and of other programs.":
      "Balken: Bilder je Sekunde von Blindsight und von anderen Programmen.",
    "Beside other programs, published and measured.":
      "Neben anderen Programmen, veröffentlicht und gemessen.",
    "Lines: bytes for a picture against the number of parties.":
      "Linien: Bytes je Bild über der Zahl der Parteien.",
    "Without a helper, equal parties send each other far more.":
      "Ohne Helfer schicken gleiche Parteien einander weit mehr.",
    "How private": "Wie privat",
    "That is no matter of measuring: each number that one party sees of another’s secrets is hidden by a fresh random number, so that it says nothing. What each learns all the same, and who must not work together, stands on a page of its own. <1>Who must not work together</1>":
      "Das lässt sich nicht messen: Jede Zahl, die eine Partei von den Geheimnissen einer anderen sieht, ist von einer frischen Zufallszahl verdeckt, sodass sie nichts sagt. Was jede trotzdem erfährt und wer nicht zusammenarbeiten darf, steht auf einer eigenen Seite. <1>Wer nicht zusammenarbeiten darf</1>",
    "If you doubt a number": "Wenn Sie eine Zahl bezweifeln",
    "The study lies with the sources, in the folder <1>docs/study</1>: each question has a page with its tables, the commands that made them, and what these printed. In a copy of the sources, <2>cargo xtask study</2> measures all of it on your own machine.":
      "Die Studie liegt bei den Quellen, im Ordner <1>docs/study</1>: Jede Frage hat eine Seite mit ihren Tabellen, den Befehlen dazu und dem, was diese ausgaben. In einer Kopie der Quellen misst <2>cargo xtask study</2> alles auf Ihrem eigenen Rechner.",
  },
};
