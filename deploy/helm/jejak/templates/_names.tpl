{{- define "jejak.name" -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{- end }}

{{- define "jejak.services" -}}intake verification documents archive{{- end }}

{{- define "jejak.image" -}}
{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "jejak.chosen" -}}
app.kubernetes.io/name: jejak
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- with .service }}
jejak/service: {{ . }}
{{- end }}
{{- end }}

{{- define "jejak.labels" -}}
{{ include "jejak.chosen" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* What every pod says of itself: no root, no rights, no token, no word of the cluster in its environment. */}}
{{- define "jejak.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ .root.Values.terminationGracePeriodSeconds }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: { type: RuntimeDefault }
  {{- with .sysctls }}
  sysctls: {{ toYaml . | nindent 4 }}
  {{- end }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- if ne .component "prepare" }}
topologySpreadConstraints:
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{ include "jejak.chosen" $ | nindent 8 }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "jejak.container" -}}
image: {{ include "jejak.image" .root | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{/* What web and worker of a service are told; the rest lies in files of the service's own secret. */}}
{{- define "jejak.told" -}}
{{- $root := .root -}}
{{- $name := include "jejak.name" .root -}}
- { name: JEJAK_MODE, value: {{ .root.Values.mode | quote }} }
- { name: JEJAK_LOGIN, value: {{ .root.Values.login | quote }} }
{{- if contains "oidc" .root.Values.login }}
- { name: JEJAK_OIDC, value: /config/oidc.toml }
{{- end }}
{{- with .root.Values.secondFactor }}
- { name: JEJAK_SECOND_FACTOR, value: {{ . | quote }} }
{{- end }}
- { name: JEJAK_REGION, value: {{ .root.Values.region | quote }} }
{{- if .root.Values.letters }}
- { name: JEJAK_LETTERS, value: /config/letters }
{{- end }}
- { name: JEJAK_PUBLIC_URL, value: {{ printf "https://%s" .root.Values.domain | quote }} }
- { name: JEJAK_PRODUCER_KEYS, value: {{ .root.Values.producerKeys | quote }} }
- { name: JEJAK_LOG_LEVEL, value: {{ .root.Values.logLevel | quote }} }
- { name: JEJAK_HOST, value: "0.0.0.0" }
- { name: JEJAK_PORT, value: "8000" }
- { name: JEJAK_HOSTS, value: {{ printf "%s-%s-web" $name .service | quote }} }
- name: JEJAK_FEEDS
  value: {{ include "jejak.places" (dict "root" .root "form" "%s=http://%s-%s-web:8000") | quote }}
- { name: JEJAK_NODE, valueFrom: { fieldRef: { fieldPath: metadata.name } } }
- { name: FORWARDED_ALLOW_IPS, value: {{ .root.Values.forwardedAllowIps | quote }} }
{{- range $setting, $file := dict "DATABASE_URL" "database-url" "ACCESS_DATABASE_URL" "access-database-url" "KAFKA" "kafka" "S3" "s3" "SIGNING_KEY" "signing-key" "FEED_SECRETS" "feed-secrets" "FEED_ASKERS" "feed-askers" }}
- { name: JEJAK_{{ $setting }}_FILE, value: /run/secrets/{{ $file }} }
{{- end }}
{{- if .root.Values.networkPolicy.metrics }}
- { name: JEJAK_METRICS_SECRET_FILE, value: /run/secrets/metrics-secret }
{{- end }}
{{- if eq .service "archive" }}
- { name: JEJAK_CHECKPOINT_KEY_FILE, value: /run/secrets/checkpoint-key }
{{- end }}
{{- if and (eq .service "intake") (hasKey .root.Values.config "people.toml") }}
- { name: JEJAK_PEOPLE, value: /config/people.toml }
{{- end }}
{{- end }}

{{- define "jejak.places" -}}
{{- $name := include "jejak.name" .root -}}
{{- $form := .form -}}
{{- $found := list -}}
{{- range splitList " " (include "jejak.services" .) }}{{ $found = append $found (printf $form . $name .) }}{{ end -}}
{{- join "," $found -}}
{{- end }}

{{- define "jejak.mounts" -}}
- { name: secrets, mountPath: /run/secrets, readOnly: true }
- { name: config, mountPath: /config, readOnly: true }
- { name: tmp, mountPath: /tmp }
{{- end }}

{{- define "jejak.volumes" -}}
- { name: secrets, secret: { secretName: {{ index .root.Values.secrets .service | quote }}, defaultMode: 0440 } }
- name: config
  configMap:
    name: {{ include "jejak.name" .root }}-config
    items:
      {{- range $file, $text := .root.Values.config }}
      - { key: {{ $file }}, path: {{ $file }} }
      {{- end }}
      {{- range $region, $text := .root.Values.letters }}
      - { key: letters-{{ $region }}.toml, path: letters/{{ $region }}/letters.toml }
      {{- end }}
- { name: tmp, emptyDir: { sizeLimit: {{ .root.Values.tmp }} } }
{{- end }}
