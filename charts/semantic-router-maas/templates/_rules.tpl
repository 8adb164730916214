{{/* Generated from operator/rbac.ts by `npm run generate`. */}}
{{- define "semantic-router-maas.rules.watched" -}}
# The resources themselves; their spec is never written.
- apiGroups: ['semantic-router.io']
  resources: ['semanticroutermaas']
  verbs: ['get', 'list', 'watch']
# What the operator says of them.
- apiGroups: ['semantic-router.io']
  resources: ['semanticroutermaas/status']
  verbs: ['patch']
# Owner references with blockOwnerDeletion, where OwnerReferencesPermissionEnforcement is on.
- apiGroups: ['semantic-router.io']
  resources: ['semanticroutermaas/finalizers']
  verbs: ['update']
# The configuration and the way to the pods; configFrom reads ConfigMaps as well.
- apiGroups: ['']
  resources: ['configmaps', 'serviceaccounts', 'services']
  verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete']
# The pods that run the router.
- apiGroups: ['apps']
  resources: ['deployments']
  verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete']
# spec.autoscaling.
- apiGroups: ['autoscaling']
  resources: ['horizontalpodautoscalers']
  verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete']
# spec.podDisruptionBudget.
- apiGroups: ['policy']
  resources: ['poddisruptionbudgets']
  verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete']
# spec.networkPolicy.
- apiGroups: ['networking.k8s.io']
  resources: ['networkpolicies']
  verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete']
# Addresses and readiness of the pods, which are asked what configuration they run.
- apiGroups: ['']
  resources: ['pods']
  verbs: ['list', 'watch']
# spec.auth with provider Authorino.
- apiGroups: ['authorino.kuadrant.io']
  resources: ['authconfigs']
  verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete']
# spec.monitoring.
- apiGroups: ['monitoring.coreos.com']
  resources: ['servicemonitors']
  verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete']
# Events on the resources.
- apiGroups: ['events.k8s.io']
  resources: ['events']
  verbs: ['create']
{{- end }}

{{- define "semantic-router-maas.rules.cluster" -}}
# Which Prometheus will scrape a ServiceMonitor: its selectors.
- apiGroups: ['monitoring.coreos.com']
  resources: ['prometheuses', 'prometheusagents']
  verbs: ['list', 'watch']
# Labels of namespaces, which Prometheus selects by.
- apiGroups: ['']
  resources: ['namespaces']
  verbs: ['list', 'watch']
# To notice at once that an optional API comes or goes.
- apiGroups: ['apiextensions.k8s.io']
  resources: ['customresourcedefinitions']
  verbs: ['list', 'watch']
{{- end }}

{{- define "semantic-router-maas.rules.lease" -}}
# Which of the replicas leads.
- apiGroups: ['coordination.k8s.io']
  resources: ['leases']
  resourceNames: ['{{ include "semantic-router-maas.fullname" . }}']
  verbs: ['get', 'update']
# The first replica makes the lease; create cannot be bound to a name.
- apiGroups: ['coordination.k8s.io']
  resources: ['leases']
  verbs: ['create']
{{- end }}

{{- define "semantic-router-maas.rules.api-keys" -}}
# Annotations of API-key Secrets tell user and tier; only metadata is requested.
- apiGroups: ['']
  resources: ['secrets']
  verbs: ['list', 'watch']
{{- end }}

{{- define "semantic-router-maas.rules.edit" -}}
# What an editor of a namespace may do.
- apiGroups: ['semantic-router.io']
  resources: ['semanticroutermaas']
  verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete', 'update']
# kubectl scale.
- apiGroups: ['semantic-router.io']
  resources: ['semanticroutermaas/scale']
  verbs: ['get', 'patch', 'update']
{{- end }}

{{- define "semantic-router-maas.rules.view" -}}
# What a viewer of a namespace may see.
- apiGroups: ['semantic-router.io']
  resources: ['semanticroutermaas', 'semanticroutermaas/status', 'semanticroutermaas/scale']
  verbs: ['get', 'list', 'watch']
{{- end }}
