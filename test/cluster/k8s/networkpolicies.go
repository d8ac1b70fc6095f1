package main

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/cloudnativelabs/kube-router/v2/pkg/controllers/netpol"
	"github.com/cloudnativelabs/kube-router/v2/pkg/healthcheck"
	"github.com/cloudnativelabs/kube-router/v2/pkg/options"
	"github.com/spf13/cobra"
	core "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

// newNetworkPolicyCommand enforces NetworkPolicy objects with the firewall of the network namespace it runs in: of
// kube-router only this controller, without its router and its service proxy, which would need a kernel with IPVS.
func newNetworkPolicyCommand() *cobra.Command {
	var kubeconfig, services string
	config := options.NewKubeRouterConfig()
	config.EnableIPv4 = true
	command := &cobra.Command{
		Use:          "kube-router",
		SilenceUsage: true,
		RunE: func(command *cobra.Command, _ []string) error {
			config.ClusterIPCIDRs = []string{services}
			return enforceNetworkPolicies(command.Context(), kubeconfig, config)
		},
	}
	command.Flags().StringVar(&kubeconfig, "kubeconfig", "", "how the API server is reached")
	command.Flags().StringVar(&config.HostnameOverride, "hostname-override", "", "the name of the node")
	command.Flags().StringVar(&services, "service-cluster-ip-range", "", "addresses of services")
	return command
}

func enforceNetworkPolicies(ctx context.Context, kubeconfig string, config *options.KubeRouterConfig) error {
	access, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(access)
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	pods := factory.Core().V1().Pods().Informer()
	namespaces := factory.Core().V1().Namespaces().Informer()
	policies := factory.Networking().V1().NetworkPolicies().Informer()
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())

	commands, sets, err := netpol.NewIPTablesHandlers(config)
	if err != nil {
		return err
	}
	controller, err := netpol.NewNetworkPolicyController(client, config, pods, policies, namespaces, &sync.Mutex{}, commands, sets)
	if err != nil {
		return err
	}
	if err = syncOnChanges(ctx, controller.RequestFullSync, pods, namespaces, policies); err != nil {
		return err
	}
	// It waits for somebody to take each heartbeat.
	heartbeats := make(chan *healthcheck.ControllerHeartbeat)
	go func() {
		for range heartbeats {
		}
	}()
	var running sync.WaitGroup
	running.Add(1)
	controller.Run(heartbeats, ctx.Done(), &running)
	return nil
}

// betweenSyncs is small beside the time that a pod takes to start.
const betweenSyncs = 300 * time.Millisecond

// syncOnChanges asks for the rules to be made anew when a pod has got its address or other labels, and when a namespace
// or a policy changed. The controller's own handlers ask some three times per pod, also for those that have ended, each
// time with a dozen processes: that is a third of what all other daemons take of a busy machine.
func syncOnChanges(ctx context.Context, sync func(), pods, namespaces, policies cache.SharedIndexInformer) error {
	changes := make(chan struct{}, 1)
	changed := func() {
		select {
		case changes <- struct{}{}:
		default:
		}
	}
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-changes:
				sync()
				time.Sleep(betweenSyncs)
			}
		}
	}()
	if _, err := pods.AddEventHandler(cache.ResourceEventHandlerFuncs{
		// Seen with an address at once after the API server was away.
		AddFunc: func(added any) {
			if added.(*core.Pod).Status.PodIP != "" {
				changed()
			}
		},
		UpdateFunc: func(before, after any) {
			if old, pod := before.(*core.Pod), after.(*core.Pod); pod.Status.PodIP != "" &&
				(old.Status.PodIP != pod.Status.PodIP || !maps.Equal(old.Labels, pod.Labels)) {
				changed()
			}
		},
	}); err != nil {
		return err
	}
	if _, err := namespaces.AddEventHandler(cache.ResourceEventHandlerFuncs{
		UpdateFunc: func(before, after any) {
			if !maps.Equal(before.(*core.Namespace).Labels, after.(*core.Namespace).Labels) {
				changed()
			}
		},
	}); err != nil {
		return err
	}
	_, err := policies.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { changed() },
		UpdateFunc: func(_, _ any) { changed() },
		DeleteFunc: func(any) { changed() },
	})
	return err
}
