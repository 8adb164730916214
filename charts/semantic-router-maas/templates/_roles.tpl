{{/* Takes root, namespace, name and rules (text): a Role and its binding to the operator. */}}
{{- define "semantic-router-maas.role" }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ .name }}
  namespace: {{ .namespace }}
  labels:
    {{- include "semantic-router-maas.labels" .root | nindent 4 }}
rules:
  {{- .rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .name }}
  namespace: {{ .namespace }}
  labels:
    {{- include "semantic-router-maas.labels" .root | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ .name }}
subjects:
  {{- include "semantic-router-maas.subjects" .root | nindent 2 }}
{{- end }}

{{- define "semantic-router-maas.subjects" -}}
- kind: ServiceAccount
  name: {{ include "semantic-router-maas.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
{{- end }}
