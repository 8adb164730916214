// The list of models as GET /v1/models gives it.

interface ModelObject {
  readonly id: string;
  readonly object: 'model';
  /** Seconds since the epoch; configured models have no age, so it is 0. */
  readonly created: number;
  readonly owned_by: string;
}

export function modelObject(id: string): ModelObject {
  return { id, object: 'model', created: 0, owned_by: 'semantic-router' };
}

export function modelList(ids: readonly string[]): {
  readonly object: 'list';
  readonly data: readonly ModelObject[];
} {
  return { object: 'list', data: ids.map(modelObject) };
}
