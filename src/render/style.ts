/** The one style sheet of pages. Light and dark, screen and paper; colour is never the only sign of anything. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#1c2127, #e3e6ea); --faint: light-dark(#5c6670, #9aa4ae); --line: light-dark(#d8dde3, #363d45);
  --paper: light-dark(#fff, #16191d); --card: light-dark(#f7f8fa, #1d2126);
  --danger: light-dark(#b3261e, #ff8a80); --unknown: light-dark(#7b2fa8, #d7a3f5);
  --caution: light-dark(#8a5a00, #f0c060); --calm: light-dark(#2c6e49, #7fd0a0);
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 76rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.7rem; line-height: 1.25; }
h2 { margin: 2.5rem 0 0; font-size: 1.25rem; }
h3 { margin: 1.5rem 0 .5rem; font-size: 1.05rem; }
h4 { margin: 0; font-size: 1rem; font-weight: 600; }
p, ul { margin: .25rem 0; }
ul { padding-left: 1.25rem; }
a { color: inherit; }
.scope, .meaning, .faint, .causes, footer { color: var(--faint); }
.verdict { margin: .5rem 0 0; font-size: 1.15rem; font-weight: 600; }
nav { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0; }
nav a, .badge { padding: .1rem .6rem; border: 1px solid currentColor; border-radius: 1rem; font-size: .85rem;
  text-decoration: none; }
.badge { font-weight: 700; font-size: .75rem; }
.badge, .one { white-space: nowrap; }
section { border-left: 3px solid var(--line); padding-left: 1rem; }
section.danger { border-color: var(--danger); } section.unknown { border-color: var(--unknown); }
section.caution { border-color: var(--caution); }
.danger > h2, a.danger, .badge.danger, .reason.danger { color: var(--danger); }
.unknown > h2, a.unknown, .badge.unknown, .reason.unknown { color: var(--unknown); }
.caution > h2, a.caution, .badge.caution, .reason.caution, .remark { color: var(--caution); }
.calm > h2, a.calm, .badge.calm { color: var(--calm); }
article { margin: .5rem 0; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
.changes { list-style: none; padding: 0; }
.changes li, pre, table bdi, .digest { font-family: ui-monospace, monospace; font-size: .875rem; }
.changes li { padding-left: 1.5rem; text-indent: -1.5rem; }
.sign { display: inline-block; width: 1.5rem; text-indent: 0; text-align: center; }
.tightens .sign, .add { color: var(--calm); } .loosens .sign, .del { color: var(--danger); } .unclear .sign { color: var(--caution); }
.gap { color: var(--faint); }
pre { margin: .25rem 0 0; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .35rem; white-space: pre-wrap; }
summary { cursor: pointer; color: var(--faint); }
summary h3 { display: inline-block; color: var(--ink); }
.table { overflow-x: auto; }
table { width: 100%; margin: .25rem 0 1rem; border-collapse: collapse; font-size: .9rem; }
th, td { padding: .4rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--faint); font-weight: 500; }
tbody tr:hover { background: var(--card); }
.critical, .high { color: var(--danger); } .medium { color: var(--caution); } .low { color: var(--faint); }
td .badge { font-family: inherit; }
/* A narrow screen has no room for columns: each row is a card of its own. */
@media (max-width: 44rem) {
  body { padding: 1.25rem .9rem 3rem; }
  section { padding-left: .7rem; }
  thead { display: none; }
  table, tbody, tr, td { display: block; }
  tr { padding: .5rem 0; border-bottom: 1px solid var(--line); }
  td { padding: .1rem 0; border: 0; }
  td:empty { display: none; }
  .findings td:last-child::before { content: "used by "; color: var(--faint); }
}
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); }
@media print { body { max-width: none; padding: 0; } article, tr { break-inside: avoid; } }
`;
