//! Where each data set comes from and the pinned content of its files.

/// A data set of gzipped IDX files.
pub struct IdxSet {
    /// The name of its folder.
    pub name: &'static str,
    /// Servers that have it, in the order in which they are asked. Each ends in a slash.
    pub servers: &'static [&'static str],
    /// Its files.
    pub files: &'static [IdxFile],
}

/// One gzipped IDX file, pinned by the content inside.
pub struct IdxFile {
    /// The file's name, ending in `.gz`.
    pub name: &'static str,
    /// The length of the IDX file inside, in bytes.
    pub bytes: u64,
    /// The SHA-256 of the IDX file inside, in hexadecimal.
    pub sha256: &'static str,
}

/// A data set of pictures in a zip archive, pinned by the pictures inside.
pub struct FaceSet {
    /// The name of its folder.
    pub name: &'static str,
    /// Servers that have it. Each ends in a slash.
    pub servers: &'static [&'static str],
    /// The archive's name on the server.
    pub archive: &'static str,
    /// People, in folders `s1`, `s2` and so on.
    pub people: usize,
    /// Pictures of each, `1.pgm`, `2.pgm` and so on.
    pub pictures: usize,
    /// The length of every picture's file, in bytes.
    pub bytes: u64,
    /// The SHA-256 of all picture files one after the other, in the order of their numbers.
    pub sha256: &'static str,
}

/// Handwritten digits: LeCun, Cortes and Burges, 28 x 28 grey.
pub static MNIST: IdxSet = IdxSet {
    name: "mnist",
    servers: &[
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ],
    files: &[
        IdxFile {
            name: "train-images-idx3-ubyte.gz",
            bytes: 47_040_016,
            sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        },
        IdxFile {
            name: "train-labels-idx1-ubyte.gz",
            bytes: 60_008,
            sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        },
        IdxFile {
            name: "t10k-images-idx3-ubyte.gz",
            bytes: 7_840_016,
            sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        },
        IdxFile {
            name: "t10k-labels-idx1-ubyte.gz",
            bytes: 10_008,
            sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        },
    ],
};

/// Pictures of clothes: Xiao, Rasul and Vollgraf, 28 x 28 grey.
pub static FASHION_MNIST: IdxSet = IdxSet {
    name: "fashion-mnist",
    // The second server has no HTTPS; the pinned content makes up for it.
    servers: &[
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ],
    files: &[
        IdxFile {
            name: "train-images-idx3-ubyte.gz",
            bytes: 47_040_016,
            sha256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        },
        IdxFile {
            name: "train-labels-idx1-ubyte.gz",
            bytes: 60_008,
            sha256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        },
        IdxFile {
            name: "t10k-images-idx3-ubyte.gz",
            bytes: 7_840_016,
            sha256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        },
        IdxFile {
            name: "t10k-labels-idx1-ubyte.gz",
            bytes: 10_008,
            sha256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        },
    ],
};

/// The database of faces of AT&T Laboratories Cambridge, 92 x 112 grey.
pub static ATT_FACES: FaceSet = FaceSet {
    name: "att-faces",
    servers: &["https://www.cl.cam.ac.uk/Research/DTG/attarchive/pub/data/"],
    archive: "att_faces.zip",
    people: 40,
    pictures: 10,
    bytes: 10_318,
    sha256: "d81dc0ce1b7cae73897b46ab3d4d0ee2d1ff72f033819ec7c2a184dbba14a58f",
};
