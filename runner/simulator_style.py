"""The style sheet of the simulator's page."""

STYLE = """
:root { color-scheme: light dark; --line: #8886; --soft: #8881; --accent: #0b62c4; }
@media (prefers-color-scheme: dark) { :root { --accent: #7db4ff; } }
body { font: 16px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 72rem;
  padding: 0 1rem 3rem; }
header { display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; align-items: baseline;
  border-bottom: 1px solid var(--line); padding: .8rem 0; }
header strong { font-size: 1.1rem; }
a { color: var(--accent); } a[aria-current] { font-weight: 600; color: inherit; }
h1 { font-size: 1.4rem; margin: 1.2rem 0 .8rem; }
h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: .4rem 0; }
th, td { text-align: left; vertical-align: top; padding: .45rem .7rem .45rem 0;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-weight: 600; } tbody tr:hover { background: var(--soft); }
.scroll { overflow-x: auto; }
summary { cursor: pointer; white-space: nowrap; }
details ol { margin: .3rem 0; padding-left: 1.2rem; }
form.search { display: flex; flex-wrap: wrap; gap: .6rem; align-items: end;
  margin-bottom: .8rem; }
fieldset { border: 1px solid var(--line); border-radius: .4rem; margin: 0 0 1rem;
  padding: .6rem 1rem 1rem; display: grid; gap: .7rem 1rem;
  grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); }
legend { font-weight: 600; padding: 0 .3rem; }
label { display: grid; gap: .15rem; } label.wide { grid-column: 1 / -1; }
input, select, textarea, button { font: inherit; padding: .35rem .5rem; border-radius: .3rem;
  border: 1px solid #888; background: Canvas; color: CanvasText; min-width: 0; }
button { background: var(--accent); border-color: var(--accent); color: Canvas;
  cursor: pointer; }
form + form { margin-top: 1rem; }
button.plain { background: transparent; color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.note { border-left: .3rem solid var(--accent); background: var(--soft); padding: .5rem .8rem; }
.error { border-left: .3rem solid #c22; background: var(--soft); padding: .5rem .8rem; }
.tag { border: 1px solid var(--line); border-radius: 1rem; padding: 0 .6rem;
  white-space: nowrap; }
.muted { opacity: .75; font-size: .9rem; }
"""
