// @ts-check
// How numbers are written for people: three digits and a unit. The rules are those of the rest of the page and of the tool (Units.cs).
const units = (() => {
  const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
  // Name, nanoseconds, and below which nanoseconds it is used.
  /** @type {[string, number, number][]} */
  const timeUnits = [['ns', 1, 999.5], ['µs', 1e3, 999.5e3], ['ms', 1e6, 999.5e6], ['s', 1e9, 120e9], ['min', 60e9, 7200e9], ['h', 3600e9, 3 * 86400e9], ['d', 86400e9, Infinity]];

  /** @param {number} value @param {number} decimals */
  const plain = (value, decimals) => value.toLocaleString('en-US', { maximumFractionDigits: decimals });
  /** @param {number} value */
  const decimalsOf = value => {
    const size = Math.abs(value);
    if (size === 0 || size >= 99.95) return 0;
    if (size >= 9.995) return 1;
    return size >= 0.0995 ? 2 : Math.min(15, Math.ceil(-Math.log10(size)) + 1);
  };
  /** Only 0 is "0". @param {number} value */
  const count = value => plain(value, decimalsOf(value));
  /** @param {number} value */
  const byteUnit = value => {
    let power = 0;
    while (power < byteUnits.length - 1 && Math.abs(value) >= 1023.5 * 1024 ** power) power++;
    return { name: byteUnits[power], size: 1024 ** power };
  };
  /** @param {number} value */
  const bytes = value => { const unit = byteUnit(value); return `${count(value / unit.size)} ${unit.name}`; };
  /** @param {number} value */
  const rate = value => `${bytes(value)}/s`;
  /** @param {number} ns */
  const duration = ns => {
    const [name, size] = timeUnits.find(([, , below]) => Math.abs(ns) < below) ?? timeUnits[timeUnits.length - 1];
    return `${count(ns / size)} ${name}`;
  };
  /** "100 %" is all and "0 %" nothing at all. @param {number} value */
  const share = value => {
    if (value > 0.9995 && value < 1) return '>99.9 %';
    if (value > 0 && value < 0.0001) return '<0.01 %';
    const percent = value * 100;
    return `${Math.abs(percent) < 0.0995 ? plain(percent, 2) : count(percent)} %`;
  };
  /** @param {number} value */
  const coefficient = value => {
    if (value > 0 && value < 0.0005) return '<0.001';
    return value < 0 && value > -0.0005 ? '>-0.001' : value.toFixed(3);
  };
  return {
    byteUnit, bytes, rate, duration, count, share, coefficient,
    /** @param {number} value */
    percent: value => share(value / 100),
    /** @param {number} value */
    ratio: value => `${count(value)}x`,
    /** @param {number} value */
    exact: value => plain(value, 0),
  };
})();
