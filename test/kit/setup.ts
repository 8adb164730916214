// Runs before each suite of the `real` project: real processes need more than jest's five seconds.
import { jest } from '@jest/globals';

jest.setTimeout(120_000);
