{{/* Names, labels and images that more than one template needs. */}}

{{- define "semantic-router-maas.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "semantic-router-maas.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- $name := include "semantic-router-maas.name" . }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "semantic-router-maas.selectorLabels" -}}
app.kubernetes.io/name: {{ include "semantic-router-maas.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end }}

{{- define "semantic-router-maas.labels" -}}
{{ include "semantic-router-maas.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: semantic-router-maas
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "semantic-router-maas.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "semantic-router-maas.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- required "serviceAccount.name is needed when serviceAccount.create is false" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{/* Takes root and image, a map with repository, tag and digest; a digest wins over a tag. */}}
{{- define "semantic-router-maas.image" -}}
{{- with .root.Values.imageRegistry }}{{ . | trimSuffix "/" }}/{{ end }}
{{- .image.repository }}
{{- if .image.digest }}@{{ .image.digest }}
{{- else }}:{{ default .root.Chart.AppVersion .image.tag }}
{{- end }}
{{- end }}

{{- define "semantic-router-maas.operatorImage" -}}
{{- include "semantic-router-maas.image" (dict "root" . "image" .Values.image) }}
{{- end }}

{{/* One image holds both programs: the router's is the operator's unless another one is named. */}}
{{- define "semantic-router-maas.routerImage" -}}
{{- $image := ternary .Values.routerImage .Values.image (ne .Values.routerImage.repository "") }}
{{- include "semantic-router-maas.image" (dict "root" . "image" $image) }}
{{- end }}

{{- define "semantic-router-maas.envoyImage" -}}
{{- include "semantic-router-maas.image" (dict "root" . "image" .Values.envoyImage) }}
{{- end }}

{{/* Whether there is a ServiceMonitor: "true" or nothing. An offline `helm template` serves no API. */}}
{{- define "semantic-router-maas.monitored" -}}
{{- $wish := .Values.metrics.serviceMonitor.enabled | toString }}
{{- if eq $wish "auto" }}
{{- if .Capabilities.APIVersions.Has "monitoring.coreos.com/v1/ServiceMonitor" }}true{{ end }}
{{- else if eq $wish "true" }}true
{{- end }}
{{- end }}
