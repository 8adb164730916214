// A no-op ext_proc server on go-control-plane and grpc-go: the yardstick of the benchmark. It answers
// every message with "continue" from prepared values and does nothing else, so that what it costs is
// the transport alone. It must not read bodies.
package main

import (
	"errors"
	"flag"
	"io"
	"log"
	"net"
	"os"

	extproc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	"google.golang.org/grpc"
)

// Prepared once: a real server would build these for each message and cost more.
var (
	requestHeaders = &extproc.ProcessingResponse{Response: &extproc.ProcessingResponse_RequestHeaders{
		RequestHeaders: &extproc.HeadersResponse{Response: &extproc.CommonResponse{}}}}
	requestBody = &extproc.ProcessingResponse{Response: &extproc.ProcessingResponse_RequestBody{
		RequestBody: &extproc.BodyResponse{Response: &extproc.CommonResponse{}}}}
	requestTrailers = &extproc.ProcessingResponse{Response: &extproc.ProcessingResponse_RequestTrailers{
		RequestTrailers: &extproc.TrailersResponse{}}}
	responseHeaders = &extproc.ProcessingResponse{Response: &extproc.ProcessingResponse_ResponseHeaders{
		ResponseHeaders: &extproc.HeadersResponse{Response: &extproc.CommonResponse{}}}}
	responseBody = &extproc.ProcessingResponse{Response: &extproc.ProcessingResponse_ResponseBody{
		ResponseBody: &extproc.BodyResponse{Response: &extproc.CommonResponse{}}}}
	responseTrailers = &extproc.ProcessingResponse{Response: &extproc.ProcessingResponse_ResponseTrailers{
		ResponseTrailers: &extproc.TrailersResponse{}}}
)

type server struct {
	extproc.UnimplementedExternalProcessorServer
}

func (server) Process(stream extproc.ExternalProcessor_ProcessServer) error {
	for {
		message, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		reply, err := replyTo(message)
		if err != nil {
			return err
		}
		if err := stream.Send(reply); err != nil {
			return err
		}
	}
}

func replyTo(message *extproc.ProcessingRequest) (*extproc.ProcessingResponse, error) {
	switch message.Request.(type) {
	case *extproc.ProcessingRequest_RequestHeaders:
		return requestHeaders, nil
	case *extproc.ProcessingRequest_RequestBody:
		return requestBody, nil
	case *extproc.ProcessingRequest_RequestTrailers:
		return requestTrailers, nil
	case *extproc.ProcessingRequest_ResponseHeaders:
		return responseHeaders, nil
	case *extproc.ProcessingRequest_ResponseBody:
		return responseBody, nil
	case *extproc.ProcessingRequest_ResponseTrailers:
		return responseTrailers, nil
	default:
		return nil, errors.New("a message of an unknown kind")
	}
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address of the ext_proc port")
	flag.Parse()
	// The harness holds the other end: when it is gone, however it went, so is this process.
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	grpcServer := grpc.NewServer(grpc.MaxRecvMsgSize(64 << 20))
	extproc.RegisterExternalProcessorServer(grpcServer, server{})
	log.Fatal(grpcServer.Serve(listener))
}
