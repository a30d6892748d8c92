package org.convexnn.relu.cone;

/**
 * The penalties of {@link ConeAdmm}.
 *
 * @param fit rho_f of f = F u, per unit of weight
 * @param cone rho_s of s = G u, per unit of weight
 * @param norm rho_z of z = u
 */
record AdmmPenalties(double fit, double cone, double norm) {}
