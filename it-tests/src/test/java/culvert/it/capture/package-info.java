/** Clients without any proxy setting, whose connections netfilter brings to Culvert. */
package culvert.it.capture;
