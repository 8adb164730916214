// Resources, right and wrong, with who says so. `operator` are those that the API server takes, because
// its schema cannot say what is wrong with them, and that the operator refuses.
import { configRows } from './crd-rows/config.ts';
import { authRows, specRows } from './crd-rows/spec.ts';
import { signalRows } from './crd-rows/signals.ts';
import type { Row } from './crd-rows/row.ts';

export const rows: readonly Row[] = [...specRows, ...authRows, ...configRows, ...signalRows];
