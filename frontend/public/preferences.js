(function () {
  var root = document.documentElement;
  var chosen = {};
  try {
    chosen = JSON.parse(localStorage.getItem('mangoo-preferences')).state;
  } catch {
    // nothing stored yet, or storage is blocked
  }
  var dark = chosen.theme === 'dark' || (chosen.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.classList.toggle('dark', dark);

  // As src/lib/language.ts has it; a test holds the two together.
  var known = ['en', 'es', 'de', 'ja', 'ar'];
  var wanted = navigator.languages.map(function (tag) { return tag.toLowerCase().split('-')[0]; });
  root.lang = known.includes(chosen.language) ? chosen.language : wanted.find(function (language) { return known.includes(language); }) || 'en';
  root.dir = root.lang === 'ar' ? 'rtl' : 'ltr';
})();
