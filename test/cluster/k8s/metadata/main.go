// Stands where a cloud's metadata server does, so that a probe of that address has something to find.
package main

import (
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	answer := func(response http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(response, "metadata\n") }
	log.Fatal(http.ListenAndServe(os.Args[1], http.HandlerFunc(answer)))
}
