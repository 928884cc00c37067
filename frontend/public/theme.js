(function () {
  var theme = 'system';
  try {
    theme = JSON.parse(localStorage.getItem('mangoo-preferences')).state.theme;
  } catch {
    // nothing stored yet, or storage is blocked
  }
  var dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('dark', dark);
})();
