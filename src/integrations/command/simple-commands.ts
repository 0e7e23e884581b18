/** The simple commands in a text that a shell is told, each as its words. Knows quotes, dividers and redirections, and no more. */

const TOKEN =
  /(?<divider>[;|&()\n`])|(?<redirection>\d*[<>]+&?\s*)|(?<word>(?:'[^']*'|"(?:\\[\s\S]|[^"\\])*"|\\[\s\S]|[^\s;|&()<>`'"\\])+)/g;
/** What may stand before the program. */
const KEYWORD = /^([!{}]|if|then|else|elif|while|until|do|exec|command|builtin|eval|time)$/;

/** What is called within double quotes, `"$(…)"`, counts too. */
export function simpleCommands(text: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  const inside: (readonly string[])[] = [];
  let isTarget = false;
  for (const { groups } of text.matchAll(TOKEN)) {
    const { divider, redirection, word } = groups ?? {};
    if (divider !== undefined) {
      commands.push([]);
      isTarget = false;
    } else if (redirection !== undefined) {
      isTarget = true;
    } else if (word !== undefined) {
      const plain = word.replace(/'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|\\([\s\S])/g, '$1$2$3');
      for (const called of word.split(/\$\(|`/).slice(1)) inside.push(...simpleCommands(called));
      const command = commands.at(-1) ?? [];
      if (!isTarget && !(command.length === 0 && KEYWORD.test(plain))) command.push(plain);
      isTarget = false;
    }
  }
  return [...commands.filter(({ length }) => length > 0), ...inside];
}
