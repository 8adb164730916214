-- Health of a SemanticRouterMaas for Argo CD. Argo CD runs it without Lua's string library.

local function health(status, message)
  return { status = status, message = message }
end

local function words(condition)
  return (condition.reason or "") .. ": " .. (condition.message or "")
end

local meta, spec, status = obj.metadata, obj.spec or {}, obj.status or {}

if meta.deletionTimestamp ~= nil then
  return health("Progressing", "Deleting")
end

if spec.suspend == true then
  return health("Suspended", "spec.suspend is true: the operator leaves everything as it is")
end

if status.conditions == nil then
  return health("Progressing", "Waiting for the operator")
end

-- What is said of an older generation says nothing of this one.
if status.observedGeneration ~= meta.generation then
  return health("Progressing", "Waiting for the operator to see generation " .. tostring(meta.generation))
end

local conditions = {}
for _, condition in ipairs(status.conditions) do
  conditions[condition.type] = condition
end

local function isTrue(condition)
  return condition ~= nil and condition.status == "True"
end

if isTrue(conditions.Stalled) then
  return health("Degraded", words(conditions.Stalled))
end

-- Ready is False during a rollout too; that must not fail a sync wave.
if isTrue(conditions.Reconciling) then
  return health("Progressing", words(conditions.Reconciling))
end

local ready = conditions.Ready
if ready == nil or ready.status == "Unknown" then
  return health("Progressing", "Waiting for the operator to say whether it is ready")
end

return health(ready.status == "True" and "Healthy" or "Degraded", words(ready))
