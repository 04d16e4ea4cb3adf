// The language of the page, before any of it is shown. This is no module, for those run only once the
// page is there: somebody who reads another language would see it in English first.
//
// It is what the person chose, or else what the browser asks for; in a frame of try.html it is that
// page's.

const pageLanguage = {
  /** The languages of the site, by what they call themselves. */
  names: { en: "English", de: "Deutsch" },

  /** Remembers a choice. Where the browser stores nothing, it lasts as long as the tab. */
  choose(language) {
    try {
      localStorage.setItem("blindsight.language", language);
    } catch {
      window.name = `language=${language}`;
    }
  },
};

{
  const root = document.documentElement;
  const known = (language) => Object.hasOwn(pageLanguage.names, language ?? "");
  const chosen = () => {
    try {
      return localStorage.getItem("blindsight.language");
    } catch {
      return window.name.replace("language=", "");
    }
  };
  const around = () => {
    try {
      return window.parent === window ? null : window.parent.document.documentElement.lang;
    } catch {
      // A page from elsewhere.
      return null;
    }
  };
  const asked = navigator.languages.map((language) => language.split("-")[0]);
  root.lang = [around(), chosen(), ...asked].find(known) ?? "en";

  // The sentences are fetched while the page itself is read.
  const preload = document.createElement("link");
  preload.rel = "modulepreload";
  preload.href = new URL(`strings/${root.lang}.js`, document.currentScript.src).href;
  document.head.append(preload);

  // The page is in English, and hidden until strings.js has put it into another language; should
  // that fail, it is better read in English than not at all.
  if (root.lang !== "en") {
    root.classList.add("translating");
    setTimeout(() => root.classList.remove("translating"), 5000);
  }
}
