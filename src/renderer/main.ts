/** Starts the renderer. */
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './tokens.css';
import './base.css';
import { mount } from 'svelte';
import { z } from 'zod';
import App from './App.svelte';

// The content security policy forbids the code zod would otherwise generate.
z.config({ jitless: true });

const target = document.getElementById('app');
if (target !== null) mount(App, { target });
