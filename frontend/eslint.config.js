import i18next from 'eslint-plugin-i18next';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Imports go one way: lib, api and components, then features, then routes. */
const layer = (files, forbidden) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          { group: ['../*'], message: 'Import from another folder as @/folder/file.' },
          ...forbidden.map((name) => ({
            group: [`@/${name}/*`],
            message: 'Imports go one way: lib, api, components → features → routes.',
          })),
        ],
      },
    ],
  },
});

/** What people see or hear is a message in src/locales. */
const translated = {
  files: ['src/**/*.tsx'],
  ignores: ['src/**/*.test.tsx'],
  plugins: { i18next },
  rules: {
    'i18next/no-literal-string': [
      'error',
      {
        mode: 'jsx-only',
        'should-validate-template': true,
        'jsx-attributes': { include: ['alt', 'title', 'placeholder', 'label', 'hint', 'lead', 'action', 'description', 'error', 'aria-(label|description|placeholder|roledescription|valuetext)'] },
        // Signs that stand between words.
        words: { exclude: ['[\\s\\d·…›?!/]*'] },
        message: 'Put this text into src/locales, and say it with t().',
      },
    ],
  },
};

const side = '(?:^|[\\s:])-?(?:m[lr]|p[lr]|left|right|border-[lr]|rounded-(?:[lr]|[tb][lr])|text-(?:left|right))(?:-|$|\\s)';
const otherSide = { message: 'Half of the world reads the other way: ms-, pe-, start-, text-end, …' };

/** Classes say where a line begins and ends, not left and right. */
const mirrored = {
  files: ['src/**/*.tsx'],
  rules: {
    'no-restricted-syntax': [
      'error',
      { selector: `JSXAttribute[name.name=/[cC]lassName$/] Literal[value=/${side}/]`, ...otherSide },
      { selector: `JSXAttribute[name.name=/[cC]lassName$/] TemplateElement[value.raw=/${side}/]`, ...otherSide },
      { selector: `VariableDeclarator > Literal[value=/${side}\\S.*\\s/]`, ...otherSide },
    ],
  },
};

export default tseslint.config(
  { ignores: ['dist', 'test-results', 'playwright-report', 'src/routeTree.gen.ts', 'src/api/schema.ts'] },
  tseslint.configs.strict,
  tseslint.configs.stylistic,
  { files: ['src/**'], ...reactHooks.configs.flat.recommended },
  translated,
  mirrored,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  layer(['src/lib/**', 'src/api/**'], ['components', 'features', 'routes']),
  layer(['src/components/**'], ['features', 'routes']),
  layer(['src/features/**'], ['routes']),
  layer(['src/routes/**'], []),
);
