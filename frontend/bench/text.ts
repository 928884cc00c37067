const words = 'mango tree ripe sweet orchard season harvest basket river market morning ferry island letter window garden stone bright quiet answer question model passage source chapter number table figure because although therefore'.split(' ');

/** The same numbers each time. */
function random(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

/** Markdown as models write it: sections with paragraphs, lists, tables, code and formulas. About `tokens` of four letters. */
export function markdown(tokens: number, seed = 1): string {
  const pick = random(seed);
  const say = (count: number) => Array.from({ length: count }, () => words[pick(words.length)]).join(' ');
  const sentence = () => {
    const text = say(8 + pick(12));
    return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}${pick(4) === 0 ? ` **${say(2)}**` : ''}${pick(5) === 0 ? ` \`${say(1)}()\`` : ''}${pick(6) === 0 ? ` [${1 + pick(3)}]` : ''}.`;
  };
  const paragraph = () => Array.from({ length: 2 + pick(4) }, sentence).join(' ');
  const parts: (() => string)[] = [
    paragraph,
    paragraph,
    paragraph,
    () => `## ${say(4)}`,
    () => Array.from({ length: 3 + pick(6) }, () => `- ${sentence()}`).join('\n'),
    () => Array.from({ length: 3 + pick(4) }, (_, index) => `${index + 1}. **${say(2)}**: ${sentence()}`).join('\n'),
    () => `| ${say(1)} | ${say(1)} | ${say(2)} |\n|---|---:|---|\n${Array.from({ length: 4 + pick(10) }, () => `| ${say(2)} | ${pick(1000)} | \`${say(1)}\` ${say(2)} |`).join('\n')}`,
    () => `\`\`\`ts\n${Array.from({ length: 5 + pick(30) }, (_, index) => `const ${words[pick(words.length)] ?? ''}${index} = await ${words[pick(words.length)] ?? ''}(${pick(100)}); // ${say(4)}`).join('\n')}\n\`\`\``,
    () => `The area is $x_${pick(9)}^2 + y$, so\n\n$$\n\\int_0^{${pick(9)}} x^2 \\, dx = \\frac{1}{${1 + pick(9)}}\n$$`,
    () => `> ${sentence()}`,
  ];
  let text = '';
  while (text.length < tokens * 4) text += `${parts[pick(parts.length)]?.() ?? ''}\n\n`;
  return text.trim();
}

/** In pieces of about a token. */
export const tokensOf = (text: string): string[] => text.match(/[^]{1,4}/g) ?? [];
