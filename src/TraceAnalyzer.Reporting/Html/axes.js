// @ts-check
// Steps and labels of axes, whose ticks share one unit and as many decimals as their step needs.
const axes = (() => {
  /** The least of 1, 2, 5, 10, ... that is not below. @param {number} least */
  const niceStep = least => {
    const power = 10 ** Math.floor(Math.log10(least));
    return power * ([1, 2, 5].find(factor => factor * power >= least * 0.9999) ?? 10);
  };
  /** @param {number} step */
  const decimalsOf = step => Math.min(Math.max(Math.ceil(-Math.log10(step) - 1e-9), 0), 9);
  /** @param {number} value @param {number} step @param {string} unit */
  const fixed = (value, step, unit) => {
    const decimals = decimalsOf(step);
    return `${value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })} ${unit}`;
  };
  /** How times up to so many nanoseconds are written. @param {number} endNs */
  const timeLabel = endNs => {
    const [name, size] = endNs < 1e3 ? ['ns', 1] : endNs < 1e6 ? ['µs', 1e3] : endNs < 1e9 ? ['ms', 1e6] : ['s', 1e9];
    /** @param {number} ns @param {number} stepNs */
    return (ns, stepNs) => fixed(ns / Number(size), stepNs / Number(size), String(name));
  };
  return { niceStep, decimalsOf, fixed, timeLabel };
})();
