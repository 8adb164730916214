// Evaluates CEL expressions in the environment that Authorino gives them: five documents, each a
// google.protobuf.Struct, and CEL's standard library. Reads one JSON array of cases, writes one of
// outcomes.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"

	"github.com/google/cel-go/cel"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
)

var documents = []string{"request", "source", "destination", "metadata", "auth"}

type testCase struct {
	Expression string                     `json:"expression"`
	Predicate  bool                       `json:"predicate"`
	Input      map[string]json.RawMessage `json:"input"`
}

// One of three: it does not compile, it fails, it gives a value.
type outcome struct {
	Refused string          `json:"refused,omitempty"`
	Failed  string          `json:"failed,omitempty"`
	Value   json.RawMessage `json:"value,omitempty"`
}

func main() {
	var cases []testCase
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	env, err := environment()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	outcomes := make([]outcome, len(cases))
	for i, one := range cases {
		outcomes[i] = evaluate(env, one)
	}
	if err := json.NewEncoder(os.Stdout).Encode(outcomes); err != nil {
		os.Exit(2)
	}
}

func environment() (*cel.Env, error) {
	options := make([]cel.EnvOption, len(documents))
	for i, name := range documents {
		options[i] = cel.Variable(name, cel.ObjectType("google.protobuf.Struct"))
	}
	return cel.NewEnv(options...)
}

func evaluate(env *cel.Env, one testCase) outcome {
	ast, issues := env.Compile(one.Expression)
	if issues.Err() != nil {
		return outcome{Refused: issues.Err().Error()}
	}
	output := ast.OutputType()
	if one.Predicate && !output.IsExactType(cel.BoolType) && !output.IsExactType(cel.DynType) {
		return outcome{Refused: fmt.Sprintf("gives %v, not a bool", output)}
	}
	program, err := env.Program(ast)
	if err != nil {
		return outcome{Refused: err.Error()}
	}
	input := map[string]any{}
	for _, name := range documents {
		document := &structpb.Value{}
		text, given := one.Input[name]
		if !given {
			text = json.RawMessage("{}")
		}
		if err := protojson.Unmarshal(text, document); err != nil {
			return outcome{Refused: err.Error()}
		}
		input[name] = document
	}
	result, _, err := program.Eval(input)
	if err != nil {
		return outcome{Failed: err.Error()}
	}
	value, err := result.ConvertToNative(reflect.TypeFor[*structpb.Value]())
	if err != nil {
		return outcome{Failed: err.Error()}
	}
	text, err := protojson.Marshal(value.(*structpb.Value))
	if err != nil {
		return outcome{Failed: err.Error()}
	}
	return outcome{Value: text}
}
