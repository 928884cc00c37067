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

export default tseslint.config(
  { ignores: ['dist', 'test-results', 'playwright-report', 'src/routeTree.gen.ts', 'src/api/schema.ts'] },
  tseslint.configs.strict,
  tseslint.configs.stylistic,
  { files: ['src/**'], ...reactHooks.configs.flat.recommended },
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
