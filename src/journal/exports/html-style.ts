/** How the HTML export looks: on a phone, on a desk, in the dark, on paper. */

const LIGHT = `--paper:#fff;--ink:#1c2430;--soft:#5a6675;--rule:#d9dee5;--wash:#f5f7f9;--link:#0b5cad;
--good:#1a7f4b;--bad:#b3261e;--neutral:#6b7785;--loud:#8a2be2;--line:#0b5cad;
--sev1:#b3261e;--sev2:#c2571a;--sev3:#8a6d00;--sev4:#4a6178;
--investigating:#b3541e;--identified:#8a6d00;--monitoring:#0b5cad;--resolved:#1a7f4b;--closed:#5a6675;--on:#fff;`;

const DARK = `--paper:#12171e;--ink:#e6eaef;--soft:#9aa7b6;--rule:#2d3743;--wash:#1a212b;--link:#7cb8f5;
--good:#2f9e66;--bad:#e0645c;--neutral:#7d8a99;--loud:#c39bff;--line:#7cb8f5;
--sev1:#c2433b;--sev2:#b8622b;--sev3:#8f7413;--sev4:#567089;
--investigating:#b0602e;--identified:#8f7413;--monitoring:#2c6fb3;--resolved:#25804f;--closed:#5c6977;--on:#fff;`;

/** The style sheet; no rule fetches anything. */
export const STYLE = `:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
[hidden]{display:none!important}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
main,header,footer{max-width:66rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
h1{font-size:1.75rem;line-height:1.25;margin:.25rem 0 .75rem}
h2{font-size:1.3rem;line-height:1.3;margin:2.5rem 0 .75rem;padding-top:.75rem;border-top:1px solid var(--rule)}
h3{font-size:1.05rem;margin:1.5rem 0 .5rem}
p,ul,blockquote{margin:.5rem 0 .75rem}
ul{padding-left:1.25rem}
li{margin:.3rem 0}
a{color:var(--link)}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--wash);padding:.1em .3em;border-radius:3px}
blockquote{border-left:3px solid var(--rule);margin-left:0;padding:.1rem 0 .1rem 1rem;color:var(--soft)}
em{color:var(--soft)}
.over{margin:0;color:var(--soft);font-size:.9rem}
.pill{display:inline-block;padding:.1rem .6rem;border-radius:1rem;color:var(--on);font-weight:600;font-size:.85rem;background:var(--neutral)}
${['sev1', 'sev2', 'sev3', 'sev4', 'investigating', 'identified', 'monitoring', 'resolved', 'closed'].map((name) => `.pill.${name}{background:var(--${name})}.band.${name}{fill:var(--${name})}`).join('\n')}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.3rem 1rem;margin:1rem 0}
.facts dt{color:var(--soft)}
.facts dd{margin:0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem;margin:1.25rem 0;padding:0;list-style:none}
.tiles li{margin:0;padding:.6rem .8rem;background:var(--wash);border:1px solid var(--rule);border-radius:6px}
.tiles li{max-width:16rem}
.tiles b{display:block;font-size:1.15rem}
.tiles span{color:var(--soft);font-size:.85rem}
nav{margin:1rem 0;font-size:.9rem}
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1rem;padding:0;list-style:none}
.wide{overflow-x:auto;margin:.75rem 0}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--rule);min-width:4.5rem}
.timeline td:last-child{min-width:18rem}
th{color:var(--soft);font-weight:600;border-bottom-width:2px}
td{overflow-wrap:break-word}
td code{overflow-wrap:anywhere}
td:empty::after{content:"\\00a0"}
.ticks{list-style:none;padding-left:0}
.ticks li{padding-left:1.6rem;position:relative}
.ticks li::before{content:"";position:absolute;left:0;top:.3em;width:.85em;height:.85em;border:1.5px solid var(--soft);border-radius:2px}
.timeline td{font-variant-numeric:tabular-nums}
.timeline td:nth-last-child(-n+2){font-variant-numeric:normal}
.timeline .kind{color:var(--soft);font-size:.85em}
figure{margin:1rem 0}
figure .view{overflow-x:auto}
.chart{display:block;width:100%;min-width:44rem;height:auto;font:12px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;touch-action:pan-x pan-y}
.chart text{fill:var(--ink)}
.chart .lane{text-anchor:end;fill:var(--soft)}
.chart .in{fill:var(--on);font-weight:600}
.chart .unfit{visibility:hidden}
.chart .tick line{stroke:var(--rule);stroke-width:1}
.chart .tick text{text-anchor:middle;fill:var(--soft)}
.chart .band{stroke:var(--paper);stroke-width:1}
.chart .bar.good{fill:var(--good)}.chart .bar.bad{fill:var(--bad)}.chart .bar.neutral{fill:var(--neutral)}
.chart .bar.step{opacity:.72}
.chart .mark{fill:var(--neutral)}.chart .mark.loud{fill:var(--loud)}
.chart .hit{fill:transparent}
.chart .base{stroke:var(--rule)}
.chart .line{fill:none;stroke:var(--line);stroke-width:1.5;stroke-linejoin:round}
.chart .dot{stroke:none;fill:var(--line)}
.chart .dot.fail,.chart .dot.warn{stroke:var(--bad);stroke-width:2;fill:none}
.chart .dot.unknown{fill:var(--paper);stroke:var(--neutral);stroke-width:1.5}
.chart .most{fill:var(--soft);font-size:10px}
.chart .cross{stroke:var(--soft);stroke-dasharray:3 3}
.legend{color:var(--soft);font-size:.85rem}
.hint{display:none;color:var(--soft);font-size:.85rem}
.tools{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:.5rem 0;min-height:2.2rem}
.tools button{font:inherit;font-size:.9rem;padding:.25rem .75rem;min-height:2rem;border:1px solid var(--rule);border-radius:5px;background:var(--wash);color:inherit;cursor:pointer}
.tools output{color:var(--soft);font-size:.9rem;flex:1 1 14rem}
details{margin:.75rem 0}
summary{cursor:pointer;color:var(--link)}
footer{margin-top:2.5rem;padding:1rem;border-top:1px solid var(--rule);color:var(--soft);font-size:.85rem}
footer p{max-width:64rem;margin:.25rem auto}
@media (max-width:40rem){
h1{font-size:1.4rem}
.chart{min-width:48rem;font-size:14px}
.chart .most{font-size:13px}
.hint{display:block}
.facts{grid-template-columns:1fr;gap:0}
.facts dd{margin-bottom:.5rem}
.cards thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.cards,.cards tbody,.cards tr,.cards td{display:block;width:100%}
.cards tr{border-bottom:1px solid var(--rule);padding:.5rem 0}
.cards td{border:0;padding:.1rem 0}
.cards td:empty{display:none}
.cards td[data-label]::before{content:attr(data-label) ": ";color:var(--soft);font-size:.85em}
.timeline td{display:inline;width:auto;padding-right:.75rem}
.timeline td:last-child{display:block;min-width:0}

.timeline td[data-label]::before{content:none}
.cards tr:not(:has(td:not(:empty))){display:none}
}
@media print{
:root{color-scheme:light;${LIGHT}}
body{font-size:10pt;line-height:1.4}
main,header,footer{max-width:none;padding:0}
h2{margin-top:1.2rem;break-after:avoid}
h3{break-after:avoid}
:is(p,ul):has(+.wide){break-after:avoid}
tr,li,figure,table:not(.timeline),.view,blockquote,.tiles{break-inside:avoid}
.timeline td:nth-last-child(2){min-width:5.5rem}
thead{display:table-header-group}
nav,.tools,.hint,.screen{display:none}
.wide,figure .view{overflow:visible}
.chart{min-width:0}
table{font-size:8.5pt}
th,td{padding:.2rem .35rem;min-width:0}
a{color:inherit;text-decoration:none}
details:not([open]){display:none}
.pill,.tiles li,.chart{-webkit-print-color-adjust:exact;print-color-adjust:exact}
@page{size:A4;margin:16mm 14mm;@bottom-right{content:counter(page) " / " counter(pages);font:8pt system-ui,sans-serif;color:#5a6675}}
}`;
