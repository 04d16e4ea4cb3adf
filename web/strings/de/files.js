// Why the program in WebAssembly does not take an ONNX file: from its English to German.

export const files = {
  "this is no ONNX file, or it was cut short: {reason}; export the model again and choose the file that ends in .onnx":
    "das ist keine ONNX-Datei, oder sie ist abgeschnitten: {reason}; exportieren Sie das Modell noch einmal und wählen Sie die Datei, die auf .onnx endet",
  "the file has too many {what}: at most {limit} are taken; use a smaller model":
    "die Datei hat zu viele {what}: Höchstens {limit} werden angenommen; nehmen Sie ein kleineres Modell",
  "the file uses version {found} of ONNX's operators, and versions from 7 on are understood; export it with opset_version=13 or newer":
    "die Datei benutzt Version {found} der ONNX-Operatoren, und verstanden werden Versionen ab 7; exportieren Sie sie mit opset_version=13 oder neuer",
  "{node}: this operator is not supported. Supported are {}":
    "{node}: diesen Operator gibt es hier nicht. Es gibt {0}",
  "Conv (2-D), Gemm, MatMul, Add, Sum, Sub, Mul, Div, Neg, BatchNormalization, Scaler, Relu, LeakyRelu, PRelu (one slope), Clip, Min, Max, Sign, comparisons with Where or Cast, MaxPool, AveragePool, GlobalMaxPool, GlobalAveragePool, ReduceMax, ReduceMean, Pad (zeros), Concat, Flatten, Reshape, Squeeze, Unsqueeze, Transpose, Identity, Dropout, Cast; at the end Softmax, LogSoftmax, Sigmoid, ArgMax and ZipMap; and over constants Constant, ConstantOfShape, Shape, Gather, Slice, Expand, Sqrt and Reciprocal":
    "Conv (2-D), Gemm, MatMul, Add, Sum, Sub, Mul, Div, Neg, BatchNormalization, Scaler, Relu, LeakyRelu, PRelu (eine Steigung), Clip, Min, Max, Sign, Vergleiche mit Where oder Cast, MaxPool, AveragePool, GlobalMaxPool, GlobalAveragePool, ReduceMax, ReduceMean, Pad (Nullen), Concat, Flatten, Reshape, Squeeze, Unsqueeze, Transpose, Identity, Dropout, Cast; am Ende Softmax, LogSoftmax, Sigmoid, ArgMax und ZipMap; und über Konstanten Constant, ConstantOfShape, Shape, Gather, Slice, Expand, Sqrt und Reciprocal",
  "{node}: {reason}": "{node}: {reason}",
  "node {:?} ({})": "Knoten {0} ({1})",
  "the input {input:?} has the shape {shape}, in which only the first dimension, the batch, may stay open; export the model with the height and width of its pictures fixed":
    "der Eingang {input} hat die Form {shape}, und darin darf nur die erste Dimension, der Batch, offen bleiben; exportieren Sie das Modell mit fester Höhe und Breite der Bilder",
  "the input {input:?} is {found}; supported are float pictures of shape [N, channels, height, width], [N, height, width, channels], [N, height, width] or [N, pixels]":
    "der Eingang {input} ist {found}; möglich sind Bilder aus Gleitkommazahlen der Form [N, Kanäle, Höhe, Breite], [N, Höhe, Breite, Kanäle], [N, Höhe, Breite] oder [N, Pixel]",
  "the model has {found} inputs besides its weights, and exactly one is supported: a picture":
    "das Modell hat außer den Gewichten {found} Eingänge, und es muss genau einer sein: ein Bild",
  "the model has {found} outputs that could be the classes, and exactly one is supported: a number for each class":
    "das Modell hat {found} Ausgänge, die die Klassen sein könnten, und es muss genau einer sein: eine Zahl für jede Klasse",
  "the weights {tensor:?} are in a second file called {file:?}; put it beside the model, or choose both files together":
    "die Gewichte {tensor} stehen in einer zweiten Datei namens {file}; legen Sie sie neben das Modell, oder wählen Sie beide Dateien zusammen",
  "the tensor {tensor:?} is damaged or of an unsupported kind: {reason}":
    "der Tensor {tensor} ist beschädigt oder von einer Art, die es hier nicht gibt: {reason}",
  "{place} has a weight that is infinite or not a number: training diverged; train the model again, for instance with a lower learning rate":
    "ein Gewicht ist unendlich oder keine Zahl ({place}): Das Training ist auseinandergelaufen; trainieren Sie das Modell noch einmal, etwa mit kleinerer Lernrate",
  "the layer {} ({title}), with what is folded into it,": "Schicht {0}, {title}, mit allem darin",
  "the tensor {name:?}": "Tensor {name}",
  "{node}: the model goes in a circle here; only feed-forward models are supported":
    "{node}: hier läuft das Modell im Kreis; möglich sind nur Modelle, die vorwärts laufen",
  "{node}: it takes {value:?}, which no node, weight or input is called; export the model again":
    "{node}: er nimmt {value}, und so heißt kein Knoten, kein Gewicht und kein Eingang; exportieren Sie das Modell noch einmal",
  "the output has the shape {shape}, and a number for each class is expected: [N, classes]":
    "der Ausgang hat die Form {shape}, und erwartet wird eine Zahl für jede Klasse: [N, Klassen]",
  "the model has no layer with weights between its input and its output":
    "das Modell hat zwischen Eingang und Ausgang keine Schicht mit Gewichten",
  "the property {key} of the file {reason}": "die Eigenschaft {key} der Datei {reason}",
  "is {:?}; write 0..1 or 0..255": "ist {0}; schreiben Sie 0..1 oder 0..255",
  'starts like a JSON list and is none of texts; write ["cat", "dog"]':
    'beginnt wie eine JSON-Liste und ist keine von Texten; schreiben Sie ["Katze", "Hund"]',
  "has {found} labels, and the model gives {classes} numbers; write one label for each":
    "hat {found} Namen, und das Modell gibt {classes} Zahlen; schreiben Sie für jede einen",

  // What there is too much of, and of what kind something is.
  "entries (nodes, names, attributes, dimensions)": "Einträge (Knoten, Namen, Attribute, Dimensionen)",
  "bytes in the files of its weights": "Bytes in den Dateien der Gewichte",
  "multiplications to be folded into its layers": "Multiplikationen, die in die Schichten zu falten sind",
  "numbers in normalisations and changes of order": "Zahlen in Normalisierungen und Umordnungen",
  "pixels in a picture of shape {text}": "Pixel in einem Bild der Form {text}",
  "floating-point numbers": "Gleitkommazahlen",
  "whole numbers": "ganze Zahlen",
  "bytes or truth values": "Bytes oder Wahrheitswerte",
  "no tensor": "kein Tensor",
  "a tensor of the element type {}": "ein Tensor des Elementtyps {0}",
  "of the shape {text}": "von der Form {text}",

  // A damaged file.
  "it has no graph": "ihr fehlt der Graph",
  "a field has an unknown wire type": "ein Feld hat einen unbekannten Typ",
  "it ends in the middle of a field": "sie endet mitten in einem Feld",
  "it ends in the middle of a number": "sie endet mitten in einer Zahl",
  "a number is longer than 64 bits": "eine Zahl ist länger als 64 Bit",
  "{value:?} is the name of another value, too": "{value} heißt auch ein anderer Wert",

  // Tensors.
  "its {key} is {found:?} and no number": "{key} ist {found} und keine Zahl",
  "its data is said to be in {found:?}, and only a file in the folder of the model is taken":
    "seine Daten sollen in {found} stehen, und genommen wird nur eine Datei im Ordner des Modells",
  "its data starts at byte {offset} of {name:?} and goes beyond the end of that file of {} bytes; the file was cut short or belongs to another model":
    "seine Daten beginnen bei Byte {offset} von {name} und reichen über das Ende dieser Datei von {0} Bytes hinaus; sie ist abgeschnitten oder gehört zu einem anderen Modell",
  "it has {rank} dimensions, and at most {MAX_RANK} are supported":
    "er hat {rank} Dimensionen, und möglich sind höchstens {MAX_RANK}",
  "its shape {:?} has a dimension below 1": "seine Form {0} hat eine Dimension unter 1",
  "its shape {dims:?} asks for {length} numbers of {N} bytes, and it has {} bytes and {} numbers":
    "seine Form {dims} verlangt {length} Zahlen von {N} Bytes, und er hat {0} Bytes und {1} Zahlen",
  "another one": "anderer",
  missing: "fehlt",
  "its element type is {name} ({found}), and FLOAT, DOUBLE, FLOAT16, BFLOAT16, INT64, INT32, INT8, UINT8 and BOOL are supported":
    "sein Elementtyp ist {name} ({found}), und möglich sind FLOAT, DOUBLE, FLOAT16, BFLOAT16, INT64, INT32, INT8, UINT8 und BOOL",

  // What a node has that is not supported.
  "its input {} is missing": "sein Eingang {0} fehlt",
  "it has no output": "er hat keinen Ausgang",
  "its attribute {name} is infinite or not a number":
    "sein Attribut {name} ist unendlich oder keine Zahl",
  "its attribute {name} is no text": "sein Attribut {name} ist kein Text",
  "its attribute {name} has the wrong type": "sein Attribut {name} hat den falschen Typ",
  "its attribute perm has a number below 0": "sein Attribut perm hat eine Zahl unter 0",
  "its attribute kernel_shape is missing": "sein Attribut kernel_shape fehlt",
  "its value is neither a tensor nor a number nor a list of numbers":
    "sein Wert ist weder ein Tensor noch eine Zahl noch eine Liste von Zahlen",
  "its input {} must depend on the picture, and is a constant":
    "sein Eingang {0} muss vom Bild abhängen und ist eine Konstante",
  "its input {} must be a constant, and depends on the picture":
    "sein Eingang {0} muss eine Konstante sein und hängt vom Bild ab",
  "its input {} must be a list of whole numbers, and is of {kind}":
    "sein Eingang {0} muss eine Liste ganzer Zahlen sein, und es sind {kind}",
  "its input {} must be a list of whole numbers, and is {} of shape {:?}":
    "sein Eingang {0} muss eine Liste ganzer Zahlen sein, und es sind {1} der Form {2}",
  "its input {} must be of floating-point numbers, and is of {}":
    "sein Eingang {0} muss aus Gleitkommazahlen bestehen, und es sind {1}",
  "its input {} has the shape [{}], and {channels} channels come in":
    "sein Eingang {0} hat die Form [{1}], und {channels} Kanäle kommen herein",
  "it takes truth values, and only Where, Cast and Not are supported behind a comparison":
    "er nimmt Wahrheitswerte, und hinter einem Vergleich sind nur Where, Cast und Not möglich",
  "its weights are missing": "seine Gewichte fehlen",
  "it follows a Pad, and only Conv, AveragePool and MaxPool are supported there":
    "er folgt auf ein Pad, und dort sind nur Conv, AveragePool und MaxPool möglich",
  "it follows a function that is supported only at the end: {ending:?}":
    "er folgt auf eine Funktion, die nur am Ende möglich ist: {ending}",
  "it follows {ending:?}, which is the end": "er folgt auf {ending}, und das ist das Ende",
  "it computes with constants only, and this operator is not supported there; export the model with constant folding (do_constant_folding=True)":
    "er rechnet nur mit Konstanten, und dort gibt es diesen Operator hier nicht; exportieren Sie das Modell mit Constant Folding (do_constant_folding=True)",
  "it takes constants of shapes {}, which do not fit it":
    "er nimmt Konstanten der Formen {0}, die nicht zu ihm passen",
  "it casts to the element type {to}, and only FLOAT (1), UINT8 (2), INT32 (6), INT64 (7), BOOL (9), FLOAT16 (10) and DOUBLE (11) are supported":
    "er wandelt in den Elementtyp {to}, und möglich sind nur FLOAT (1), UINT8 (2), INT32 (6), INT64 (7), BOOL (9), FLOAT16 (10) und DOUBLE (11)",
  "it casts to the element type {to}, and only FLOAT (1), FLOAT16 (10), DOUBLE (11) and BFLOAT16 (16) are supported":
    "er wandelt in den Elementtyp {to}, und möglich sind nur FLOAT (1), FLOAT16 (10), DOUBLE (11) und BFLOAT16 (16)",
  "it casts between floating-point numbers and others; only a cast among the former is supported":
    "er wandelt zwischen Gleitkommazahlen und anderen; möglich ist es nur unter Gleitkommazahlen",
  "its result is beyond 64 bits, or it divides by 0":
    "sein Ergebnis sprengt 64 Bit, oder er teilt durch 0",
  "it computes with {} and {}; both must be floating-point numbers, or both whole ones":
    "er rechnet mit zweierlei ({0}, {1}); beide müssen Gleitkommazahlen sein oder beide ganze Zahlen",
  "it computes with {kind}, and only floating-point numbers are supported":
    "womit er rechnet, sind {kind}, und möglich sind nur Gleitkommazahlen",
  "its steps must be 1 or more, and fit": "seine Schritte müssen 1 oder mehr sein und passen",
  "it takes [N, channels, rows, columns], and a value of shape {} comes in":
    "er nimmt [N, Kanäle, Zeilen, Spalten], und ein Wert der Form {0} kommt herein",
  "the elements do not come in as channels, rows, columns; is a Transpose missing?":
    "die Elemente kommen nicht als Kanäle, Zeilen, Spalten herein; fehlt ein Transpose?",
  "its weights are made for {inputs} channels in each of {groups} groups and give {outputs}, and {} channels come in":
    "seine Gewichte sind für {inputs} Kanäle in jeder von {groups} Gruppen gemacht und geben {outputs}, und {0} Kanäle kommen herein",
  "its weights are made for {made_for} values, and {inputs} come in":
    "seine Gewichte sind für {made_for} Werte gemacht, und {inputs} kommen herein",
  "its weights have the shape [{}], and only convolutions in two dimensions are supported: [outputs, inputs, rows, columns]":
    "seine Gewichte haben die Form [{0}], und möglich sind nur Faltungen in zwei Dimensionen: [Ausgänge, Eingänge, Zeilen, Spalten]",
  "its weights have the shape [{}], and a matrix is expected":
    "seine Gewichte haben die Form [{0}], und erwartet wird eine Matrix",
  "its weights do not fit their shape": "seine Gewichte passen nicht zu ihrer Form",
  "its number of groups is below 1": "seine Zahl der Gruppen liegt unter 1",
  "its bias has the shape [{}], and it gives {outputs} channels":
    "sein Bias hat die Form [{0}], und er gibt {outputs} Kanäle",
  "its bias has the shape [{dims}], and it gives {outputs} values":
    "sein Bias hat die Form [{dims}], und er gibt {outputs} Werte",
  "transA must be 0: the value that comes in is not transposed":
    "transA muss 0 sein: Der Wert, der hereinkommt, wird nicht transponiert",
  "it takes [N, features], and a value of shape {} comes in; put a Flatten before it":
    "er nimmt [N, Merkmale], und ein Wert der Form {0} kommt herein; setzen Sie ein Flatten davor",
  "a single number for each picture comes in": "für jedes Bild kommt nur eine Zahl herein",
  "its window does not fit a value of {from}": "sein Fenster passt nicht zu einem Wert von {from}",
  "its window does not fit a value of {shape}": "sein Fenster passt nicht zu einem Wert von {shape}",
  "its window sees nothing but padding at some place":
    "sein Fenster sieht an einer Stelle nichts als Rand",
  "it adds values of shape {} and {}; only values of the same shape are added":
    "er addiert Werte der Formen {0} und {1}; addiert werden nur Werte gleicher Form",
  "it adds values whose elements stand in different orders; is a Transpose missing?":
    "er addiert Werte, deren Elemente verschieden geordnet sind; fehlt ein Transpose?",
  "it joins values of shapes {} along axis {}": "er verbindet Werte der Formen {0} entlang Achse {1}",
  "its slopes differ from channel to channel, and only one for all is supported: nn.PReLU(1)":
    "seine Steigungen sind von Kanal zu Kanal verschieden, und möglich ist nur eine für alle: nn.PReLU(1)",
  "its slope is {slope}, and 0 to 1 are supported": "seine Steigung ist {slope}, und möglich ist 0 bis 1",
  "its {name} is no single number": "{name} ist keine einzelne Zahl",
  "its bounds are {low} and {high}, and none between":
    "seine Grenzen sind {low} und {high}, und dazwischen liegt nichts",
  "it compares values that all depend on the picture; only one such value and one constant are supported":
    "er vergleicht Werte, die alle vom Bild abhängen; möglich sind nur ein solcher Wert und eine Konstante",
  "it compares two values that both depend on the picture":
    "er vergleicht zwei Werte, die beide vom Bild abhängen",
  "its first input must be a comparison with a constant":
    "sein erster Eingang muss ein Vergleich mit einer Konstanten sein",
  "it multiplies two values that both depend on the picture; one must be a constant":
    "er multipliziert zwei Werte, die beide vom Bild abhängen; einer muss eine Konstante sein",
  "it divides by what comes in; only by a constant is supported":
    "er teilt durch das, was hereinkommt; möglich ist das nur durch eine Konstante",
  "it divides by zero; is a standard deviation 0?":
    "er teilt durch null; ist eine Standardabweichung 0?",
  "it normalises by the statistics of a batch, as in training; export the model for inference: model.eval()":
    "er normalisiert nach der Statistik eines Batches, wie beim Training; exportieren Sie das Modell zur Anwendung: model.eval()",
  "it drops out elements by chance, as in training; export the model for inference: model.eval()":
    "er lässt zufällig Elemente weg, wie beim Training; exportieren Sie das Modell zur Anwendung: model.eval()",
  "it takes a scale, a bias, a mean and a variance":
    "er nimmt einen Maßstab, einen Bias, einen Mittelwert und eine Varianz",
  "it has a variance that is not above 0": "eine seiner Varianzen liegt nicht über 0",
  "its {name} has {} numbers, and a value of shape {} comes in":
    "{name} hat {0} Zahlen, und ein Wert der Form {1} kommt herein",
  "its {name} is infinite or not a number": "{name} ist unendlich oder keine Zahl",
  "its constant has the shape [{}], and the value that comes in {}; it must be the same for each picture of a batch":
    "seine Konstante hat die Form [{0}], und der Wert, der hereinkommt, {1}; sie muss für jedes Bild eines Batches gleich sein",
  "it takes two values, and has {}": "er nimmt zwei Werte und hat {0}",
  "of equal logits it takes the last, and only the first counts":
    "von gleichen Logits nimmt er den letzten, und nur der erste zählt",
  "it is supported only behind an ArgMax, for the name of the class":
    "er ist nur hinter einem ArgMax möglich, für den Namen der Klasse",
  "its axis is {axis} of {}, and only that of the classes of [N, classes] is supported":
    "seine Achse ist {axis} von {0}, und möglich ist nur die der Klassen von [N, Klassen]",
  "its storage_order is 1, and only 0 is supported": "sein storage_order ist 1, und möglich ist nur 0",
  "it follows a Pad, which is supported only where no element is below 0, as behind a ReLU":
    "er folgt auf ein Pad, und das geht nur, wo kein Element unter 0 liegt, wie hinter einer ReLU",
  "it counts some padding and some not, by a Pad before it or by ceil_mode with count_include_pad; only all or none is supported":
    "er zählt manchen Rand mit und manchen nicht, durch ein Pad davor oder durch ceil_mode mit count_include_pad; möglich ist nur aller oder keiner",
  "it reduces the axes {axes:?} of {}; only rows and columns are supported, and all other axes must stay":
    "er fasst die Achsen {axes} von {0} zusammen; möglich sind nur Zeilen und Spalten, und alle anderen müssen bleiben",
  "it gives no dimension": "er gibt keine Dimension",
  "its axis is {axis}, and only 1 is supported": "seine Achse ist {axis}, und möglich ist nur 1",
  "its shape is missing": "seine Form fehlt",
  "it reshapes {} to {first:?}; only [N, ...] with as many numbers is supported; in PyTorch write torch.flatten(x, 1)":
    "er formt {0} zu {first} um; möglich ist nur [N, ...] mit gleich vielen Zahlen; schreiben Sie in PyTorch torch.flatten(x, 1)",
  "it names no axes, so that the batch could be lost; name them":
    "er nennt keine Achsen, sodass der Batch verloren gehen könnte; nennen Sie sie",
  "its axes are {axes:?}, and the batch must stay the first":
    "seine Achsen sind {axes}, und der Batch muss die erste bleiben",
  "its axes name the batch twice": "seine Achsen nennen den Batch zweimal",
  "it joins the pictures of a batch, or along an axis that is not there":
    "er verbindet die Bilder eines Batches, oder entlang einer Achse, die es nicht gibt",
  "{reason}; only zeros around rows and columns in front of a convolution or pooling are supported":
    "{reason}; möglich sind nur Nullen um Zeilen und Spalten vor einer Faltung oder einem Pooling",
  "it pads with something other than zeros": "er füllt den Rand mit etwas anderem als Nullen",
  "its axes are not there": "seine Achsen gibt es nicht",
  "it takes a value of shape {}": "er nimmt einen Wert der Form {0}",
  "its pads are {:?}": "seine Ränder sind {0}",
  "its axes {first:?} do not fit a value of shape {}, or name the batch":
    "seine Achsen {first} passen nicht zu einem Wert der Form {0}, oder sie nennen den Batch",
  "a value of shape {} comes in, and only windows over rows and columns are supported: [N, channels, rows, columns]":
    "ein Wert der Form {0} kommt herein, und möglich sind nur Fenster über Zeilen und Spalten: [N, Kanäle, Zeilen, Spalten]",
  "its kernel_shape is {named:?}, and its weights are for {own:?}":
    "sein kernel_shape ist {named}, und seine Gewichte sind für {own}",
  "its kernel is {own:?}": "sein Kern ist {own}",
  "a kernel of {} x {} with pads {:?} and {:?} does not fit {height} x {width} elements, or its padding is as wide as the kernel":
    "ein Kern von {0} × {1} mit Rändern {2} und {3} passt nicht zu {height} × {width} Elementen, oder sein Rand ist so breit wie der Kern",
  "it has {} pads, and four are supported: rows and columns":
    "er hat {0} Ränder, und möglich sind vier: Zeilen und Spalten",
  "its auto_pad is {:?}, which is unknown": "sein auto_pad ist {0}, und das ist unbekannt",
  "its {name} has {} numbers, and two are supported: rows and columns":
    "{name} hat {0} Zahlen, und möglich sind zwei: Zeilen und Spalten",
  "its {name} has the number {number}, and {least} to {LARGEST} are supported":
    "{name} hat die Zahl {number}, und möglich ist {least} bis {LARGEST}",
  "it changes the order of the logits": "er ändert die Reihenfolge der Logits",
  "its dimensions do not fit a value of shape {}":
    "seine Dimensionen passen nicht zu einem Wert der Form {0}",
};
