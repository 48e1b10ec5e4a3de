/** Loaded before all schemas: the content security policy forbids the code that zod would otherwise generate, even to try. */
import { z } from 'zod';

z.config({ jitless: true });
