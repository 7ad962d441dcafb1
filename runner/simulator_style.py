"""The style sheet of the simulator's page."""

STYLE = """
:root { color-scheme: light dark; --line: #8886; --soft: #8881; --accent: #0b62c4;
  --on-accent: #fff; }
@media (prefers-color-scheme: dark) { :root { --accent: #7db4ff; --on-accent: #000; } }
* { box-sizing: border-box; }
body { font: 16px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 76rem;
  padding: 0 1rem 3rem; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: .3rem; }
header { display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; align-items: baseline;
  border-bottom: 1px solid var(--line); padding: .8rem 0; }
header strong { font-size: 1.1rem; }
nav { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; }
.state { margin: 0 0 0 auto; font-size: .9rem; overflow-wrap: anywhere; }
a { color: var(--accent); } a[aria-current] { font-weight: 600; color: inherit; }
h1 { font-size: 1.4rem; margin: 1.2rem 0 .8rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 1.8rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; min-width: 52rem; }
caption { text-align: left; padding: .4rem 0; }
th, td { text-align: left; vertical-align: top; padding: .45rem .9rem .45rem 0;
  border-bottom: 1px solid var(--line); }
td { overflow-wrap: anywhere; }
th { font-weight: 600; white-space: nowrap; } tbody tr:hover { background: var(--soft); }
.scroll { overflow-x: auto; }
summary { cursor: pointer; white-space: nowrap; }
details ol { margin: .3rem 0; padding-left: 1.2rem; }
form.search { display: flex; flex-wrap: wrap; gap: .6rem; align-items: end;
  margin-bottom: .8rem; }
.acts { display: flex; flex-wrap: wrap; gap: .8rem 1.2rem; align-items: end;
  margin: 0 0 1.2rem; }
.acts form { display: flex; gap: .5rem; align-items: end; margin: 0; }
.acts details { padding: .35rem 0; } .acts details form { margin-top: .5rem; }
fieldset { border: 1px solid var(--line); border-radius: .4rem; margin: 0 0 1rem;
  padding: .6rem 1rem 1rem; display: grid; gap: .8rem 1.2rem; min-width: 0;
  grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); }
legend { font-weight: 600; padding: 0 .3rem; }
label { display: grid; gap: .15rem; } label.wide { grid-column: 1 / -1; }
small { display: block; margin-top: .2rem; font-size: .85rem; line-height: 1.35; }
small b { display: block; }
input, select, textarea, button { font: inherit; padding: .35rem .5rem; border-radius: .3rem;
  border: 1px solid #888; background: Canvas; color: CanvasText; min-width: 0;
  max-width: 100%; }
button { background: var(--accent); border-color: var(--accent); color: var(--on-accent);
  cursor: pointer; }
form + form { margin-top: 1rem; }
button.plain { background: transparent; color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.note { border-left: .3rem solid var(--accent); background: var(--soft); padding: .5rem .8rem; }
.error { border-left: .3rem solid #c22; background: var(--soft); padding: .5rem .8rem; }
.tag { border: 1px solid var(--line); border-radius: 1rem; padding: 0 .6rem;
  white-space: nowrap; }
.tag.lost { border-style: dashed; } .tag.applicant { background: #c9a22733; }
.tag.current_resident { background: #2e9e4f33; }
.muted { opacity: .8; font-size: .9rem; overflow-wrap: anywhere; }
"""
