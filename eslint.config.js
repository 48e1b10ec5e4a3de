import svelte from 'eslint-plugin-svelte';
import typescript from 'typescript-eslint';
import { securityConfiguration } from './build/lint/index.ts';

const typed = ['**/*.ts'];

export default typescript.config(
  { ignores: ['dist', 'node_modules', 'test/**/fixtures', 'bench/**/*.py', '*.js'] },
  ...typescript.configs.recommended,
  ...svelte.configs.recommended,
  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'max-lines': ['error', { max: 500, skipBlankLines: true }],
      // TypeScript itself reports unused names, without a second list of exceptions.
      '@typescript-eslint/no-unused-vars': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
    },
  },
  {
    files: typed,
    ignores: ['src/renderer/**'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: typescript.parser } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/button-has-type': 'error',
      // State is replaced as a whole ($state.raw), so what builds it is a plain Map or Set.
      'svelte/prefer-svelte-reactivity': 'off',
      // svelte-check knows which warnings a comment really silences.
      'svelte/no-unused-svelte-ignore': 'off',
    },
  },
  ...securityConfiguration,
  {
    files: ['build/**', 'bench/**', 'test/**'],
    rules: { 'no-console': 'off' },
  },
);
