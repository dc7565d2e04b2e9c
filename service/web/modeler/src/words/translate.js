// The libraries in Chinese. What has no translation is collected, so that a test can name it.
import { ZH } from './zh.js';

export const missing = new Set();

// "Timer Boundary Event (Non Interrupting)" is the same as "Timer boundary event (non-interrupting)"
function plain(text) {
  return (text.slice(0, 1) + text.slice(1).toLowerCase()).replace('non interrupting', 'non-interrupting');
}

function translate(template, replacements = {}) {
  const known = ZH[template] ?? ZH[plain(template)];
  if (known === undefined && /[A-Za-z]{2}/.test(template)) missing.add(template);
  return (known === undefined ? template : known).replace(/{([^}]+)}/g, (whole, key) =>
    key in replacements ? replacements[key] : whole,
  );
}

export const wordsModule = { translate: ['value', translate] };
window.banjieMissing = missing;
