// What the program in WebAssembly says of models, pictures and plans, and what the list of bundled
// models says of them: from their English to German.

/** Titles and layers of the bundled models. */
export const bundled = {
  "Handwritten digits": "Handgeschriebene Ziffern",
  Clothes: "Kleidung",
  "Faces of forty people": "Gesichter von vierzig Menschen",
  "fully connected {}": "voll verbunden {0}",
  "fully connected {} with weights +-1": "voll verbunden {0} mit Gewichten ±1",
  "convolution {} to {} channels": "Faltung {0} auf {1} Kanäle",
  "convolution {} in steps of {} to {} channels": "Faltung {0} in Schritten von {1} auf {2} Kanäle",
  "max pooling {}": "Max-Pooling {0}",
};

/** What the program says. */
export const models = {
  // The plan.
  "fully connected": "voll verbunden",
  convolution: "Faltung",
  "convolution {}": "Faltung {0}",
  "convolution {} in {groups} groups": "Faltung {0} in {groups} Gruppen",
  "average {}": "Mittelwert {0}",
  "as it is": "unverändert",
  sum: "Summe",
  concatenation: "Aneinanderreihung",
  "side by side": "nebeneinander",
  reshape: "Umformung",
  sign: "Vorzeichen",
  clip: "Begrenzung",
  "leaky ReLU": "Leaky ReLU",
  "clipped ReLU": "begrenzte ReLU",
  "max pooling": "Max-Pooling",
  "average pooling": "Mittelwert-Pooling",
  "largest of {}, {function}": "Größtes von {0}, {function}",
  "{rows} x {columns}": "{rows} × {columns}",
  "{rows} x {columns} every {down}": "{rows} × {columns} alle {down}",
  "{rows} x {columns} every {down} x {right}": "{rows} × {columns} alle {down} × {right}",
  "class only": "nur die Klasse",
  "the {top} likeliest classes": "die {top} wahrscheinlichsten Klassen",
  "the scores of all classes": "die Bewertungen aller Klassen",

  // The proof that nothing overflows.
  "No sum can overflow: proved by interval arithmetic over all pictures; {wide}. {exact}.":
    "Keine Summe kann überlaufen: bewiesen durch Intervallrechnung über alle Bilder; {wide}. {exact}.",
  "no step needs the ring of 64 bits": "kein Schritt braucht den Ring von 64 Bit",
  "all steps need the ring of 64 bits": "alle Schritte brauchen den Ring von 64 Bit",
  "step {step} needs the ring of 64 bits": "Schritt {step} braucht den Ring von 64 Bit",
  "steps {steps} need the ring of 64 bits": "die Schritte {steps} brauchen den Ring von 64 Bit",
  "The weights of all steps are rounded": "Die Gewichte aller Schritte sind gerundet",
  "As to rounding, all steps are of exact integers":
    "Gerundet ist nichts: Alle Schritte bestehen aus genauen ganzen Zahlen",
  "As to rounding, step {step} is of exact integers, and the weights of the others are rounded":
    "Schritt {step} besteht aus genauen ganzen Zahlen, die Gewichte der anderen sind gerundet",
  "As to rounding, steps {steps} are of exact integers, and the weights of the others are rounded":
    "Die Schritte {steps} bestehen aus genauen ganzen Zahlen, die Gewichte der anderen sind gerundet",
  "{} and {last}": "{0} und {last}",

  // Pictures.
  "The picture is blank. Draw a digit first, then classify.":
    "Das Bild ist leer. Zeichnen Sie zuerst eine Ziffer.",
  "The picture has no pixels ({width} x {height}). Choose another picture.":
    "Das Bild hat keine Pixel ({width} × {height}). Wählen Sie ein anderes.",
  "The picture has {width} x {height} pixels, and {} megapixels are the most that is taken. Scale it down first.":
    "Das Bild hat {width} × {height} Pixel, und mehr als {0} Megapixel werden nicht angenommen. Verkleinern Sie es vorher.",
  "A picture of {width} x {height} pixels takes {expected} bytes here and {got} came. Pass exactly one picture's bytes.":
    "Ein Bild von {width} × {height} Pixeln braucht hier {expected} Bytes, und {got} kamen an. Übergeben Sie genau die Bytes eines Bildes.",
  "the picture has {found} pixels, but the network takes {expected}":
    "das Bild hat {found} Pixel, aber das Netz nimmt {expected}",

  // Why a network cannot be hosted.
  "the network has {classes} classes but {found} labels; give one for each class":
    "das Netz hat {classes} Klassen, aber {found} Namen dafür; geben Sie jeder Klasse einen",
  "the name `{0}` is longer than 200 bytes or holds control characters; choose another":
    "der Name „{0}“ ist länger als 200 Bytes oder enthält Steuerzeichen; wählen Sie einen anderen",
  "the network has no layers; it needs at least one with weights":
    "das Netz hat keine Schichten; es braucht mindestens eine mit Gewichten",
  "layer {layer} has a weight or bias that is not a finite number of reasonable size":
    "Schicht {layer} hat ein Gewicht oder einen Bias, der keine endliche Zahl von vernünftiger Größe ist",
  "layer {layer} can reach values of {bits} bits, more than any ring holds; scale its weights down, for example by training with weight decay or batch normalisation":
    "Schicht {layer} kann Werte von {bits} Bit erreichen, mehr als jeder Ring fasst; verkleinern Sie ihre Gewichte, etwa durch Training mit Weight Decay oder Batch-Normalisierung",
  "layer {layer} joins values whose scales are in no simple ratio: means of windows with different numbers of elements can't be added or joined; put an activation in between":
    "Schicht {layer} verbindet Werte, deren Maßstäbe in keinem einfachen Verhältnis stehen: Mittelwerte von Fenstern mit verschieden vielen Elementen lassen sich nicht addieren oder verbinden; setzen Sie eine Aktivierung dazwischen",
  "layer {layer}: the windows of this average see too different numbers of elements":
    "Schicht {layer}: die Fenster dieses Mittelwerts sehen zu verschieden viele Elemente",
  "layer {layer}: a leaky ReLU needs a slope from 0 to 1 and a clip an upper limit above 0":
    "Schicht {layer}: eine Leaky ReLU braucht eine Steigung von 0 bis 1 und eine Begrenzung eine Obergrenze über 0",
  "layer {layer} ({title}): {reason}": "Schicht {layer} ({title}): {reason}",
  "it takes a value that does not exist yet": "sie nimmt einen Wert, den es noch nicht gibt",
  "it takes nothing": "nichts geht hinein",
  "it takes one value, but {} are given": "sie nimmt einen Wert und bekommt {0}",
  "its window does not fit a value of {first}": "das Fenster passt nicht zu einem Wert von {first}",
  "its weights are {outputs} x {columns} with {} biases, but {} elements come in":
    "die Gewichte sind {outputs} × {columns} mit {0} Bias-Werten, aber {1} Elemente kommen herein",
  "its weights are {outputs} x {inputs} x {rows} x {columns} in {groups} groups, its window is {} x {}, and a value of {first} comes in":
    "die Gewichte sind {outputs} × {inputs} × {rows} × {columns} in {groups} Gruppen, das Fenster ist {0} × {1}, und ein Wert von {first} kommt herein",
  "its bias is {channels} x {height} x {width}, but its result {shape}":
    "der Bias ist {channels} × {height} × {width}, aber das Ergebnis {shape}",
  "it adds values of {first} and of {other}": "Werte von {first} und von {other} werden addiert",
  "it joins values of {first} and of {shape}": "Werte von {first} und von {shape} werden verbunden",
  "it gives {shape} elements, more than {MAX_ELEMENTS}":
    "{shape} Elemente kommen heraus, mehr als {MAX_ELEMENTS}",
  "it makes {shape} of {first}": "aus {first} wird {shape}",
  "it has {outputs} outputs": "{outputs} Ausgänge sind da",

  // Why a plan does not hold.
  "the network has {found} {what}; this program takes at most {limit}":
    "das Netz hat {found} {what}; dieses Programm nimmt höchstens {limit}",
  steps: "Schritte",
  pixels: "Pixel",
  weights: "Gewichte",
  terms: "Summanden",
  classes: "Klassen",
  bytes: "Bytes",
  "multiplications in an image": "Multiplikationen je Bild",
  "bytes of comparison keys": "Bytes an Vergleichsschlüsseln",
  "operations in a step": "Operationen in einem Schritt",
  "elements in an operation": "Elemente in einer Operation",
  "elements in all operations": "Elemente in allen Operationen",
  "elements in windows": "Elemente in Fenstern",
  "step {step}, operation {operation}: {reason}": "Schritt {step}, Operation {operation}: {reason}",
  "step {step}: a shift of {shift} and a comparison of {width} bits do not fit its rings":
    "Schritt {step}: eine Verschiebung um {shift} und ein Vergleich von {width} Bit passen nicht zu den Ringen",
  "step {step}: its activation does not fit a value of {from}":
    "Schritt {step}: die Aktivierung passt nicht zu einem Wert von {from}",
  "nothing takes what step {step} gives": "nichts nimmt, was Schritt {step} ergibt",
  "what is revealed is a number of classes, 1 to 255, or `scores`":
    "gezeigt wird eine Zahl von Klassen, 1 bis 255, oder `scores`",
  "the unit of the logits is 0; it is at least 1":
    "die Einheit der Logits ist 0; sie ist mindestens 1",
  "{top} of {classes} classes cannot be revealed; reveal 1 to all of them":
    "{top} von {classes} Klassen lassen sich nicht zeigen; zeigen Sie eine bis alle",
  "the network has {found} classes; 2 to {max} are possible":
    "das Netz hat {found} Klassen; möglich sind 2 bis {max}",
  "it has none": "es gibt keine",
  "it takes what does not exist yet": "sie nimmt, was es noch nicht gibt",
  "it gives nothing": "nichts kommt heraus",
  "it takes what another linear map of its step gives":
    "sie nimmt, was eine andere lineare Abbildung desselben Schritts ergibt",
  "its map takes another number of elements": "die Abbildung nimmt eine andere Zahl von Elementen",
  "its window or its groups do not fit": "das Fenster oder die Gruppen passen nicht",
  "its window does not fit": "das Fenster passt nicht",
  "its windows see too many elements": "die Fenster sehen zu viele Elemente",
  "its windows see too different numbers of elements":
    "die Fenster sehen zu verschieden viele Elemente",
  "it adds values of different shapes": "Werte verschiedener Form werden addiert",
  "its parts do not fit": "die Teile passen nicht",
  "it changes the number of elements": "die Zahl der Elemente ändert sich",
  "a factor is out of range": "ein Faktor liegt außerhalb der Grenzen",

  // Numbers that do not fit together.
  "{what} has {found} entries where {expected} are needed; deal it again":
    "falsche Länge ({what}): {found} Einträge, und {expected} sind nötig; teilen Sie neu aus",
  "a comparison of {width} bits does not fit a ring of {ring} bits":
    "ein Vergleich von {width} Bit passt nicht zu einem Ring von {ring} Bit",
  "bundle {number} was used already or is out of order (the last one begun is {last}); each serves one image, ask for a new one":
    "Bündel {number} wurde schon benutzt oder ist außer der Reihe (das letzte begonnene ist {last}); jedes dient einem Bild, bitten Sie um ein neues",
};
